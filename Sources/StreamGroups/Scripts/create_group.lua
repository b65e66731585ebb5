-- Makes the group if it is not there, and the state beside it, and checks that both fit the caller.
--
-- A group that is made again begins where everything before was finished, as the last heartbeat has noted it or, where the state is gone too, as
-- the caller knows it. In an emptied stream whose IDs are lower it begins at 0. Entries may be delivered again, and none is passed over.
-- KEYS: stream, state, leases, members   ARGV: group, start (0 or $), partitions, key rule, 1 if the caller had the group open before, lease
-- time in milliseconds, the ID up to which all is finished as far as the caller knows, or ''
-- Answer: 1 if the group was made, the ID up to which entries have been routed, the group's lease time in milliseconds
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[2], '-')
-- The streams `a` and `{a}` have the same keys for their state; the first to open has them.
local owner = redis.call('HGET', KEYS[2], 'stream')
if owner and owner ~= KEYS[1] then return redis.error_reply('STREAM ' .. owner) end
local partitions, rule, floor = unpack(redis.call('HMGET', KEYS[2], 'partitions', 'rule', 'floor'))
if partitions and partitions ~= ARGV[3] then return redis.error_reply('PARTITIONS ' .. partitions) end
local made = 1
local answer = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM')
if type(answer) == 'table' and answer.err then
  if string.sub(answer.err, 1, 9) ~= 'BUSYGROUP' then return answer end
  made = 0
end
-- Under another rule a contact has another partition: its new entries could overtake its old ones.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1])
if rule and rule ~= ARGV[4] and pending[1] > 0 then
  return redis.error_reply('KEYRULE ' .. string.gsub(rule, '\n', ', '))
end

if made == 1 and (partitions or ARGV[5] == '1') then
  if not floor and ARGV[7] ~= '' then floor = ARGV[7] end
  if floor then
    redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], '$')
    local last = group_of(KEYS[1], ARGV[1])['last-delivered-id']
    redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], is_after(floor, last) and '0' or floor)
  end
end

-- Leases and members that are not there, with a state that is, were deleted: see heartbeat.
if redis.call('EXISTS', KEYS[2]) == 0 or not partitions then
  redis.call('HSET', KEYS[3], MARKER, '1')
  redis.call('HSET', KEYS[4], MARKER, '1')
  -- Incarnations and beats begin where no earlier state of this group has been.
  local time = redis.call('TIME')
  local begin = string.format('%.0f', time[1] * 1000000 + time[2])
  redis.call('HSET', KEYS[2], 'partitions', ARGV[3], 'incarnations', begin, 'beat', begin)
  local incarnation = begin_incarnation(KEYS[2])
  -- A state that was lost may leave holders behind who do not know it yet: then nobody acquires a partition for one lease time. Only with a
  -- new group, and a caller that never had it open, there is nothing to wait for.
  if ARGV[5] == '0' and made == 1 then redis.call('HSET', KEYS[2], 'stable-incarnation', incarnation) end
elseif made == 1 then
  begin_incarnation(KEYS[2])
end
redis.call('HSET', KEYS[2], 'rule', ARGV[4], 'stream', KEYS[1])
-- The lease time is the group's: claimants wait it, and holders trust their leases for it, whatever each was told. It changes when nobody is there.
local lease = redis.call('HGET', KEYS[2], 'lease')
if not lease or #redis.call('HKEYS', KEYS[4]) <= 1 then
  lease = ARGV[6]
  redis.call('HSET', KEYS[2], 'lease', lease)
end
if made == 1 then
  -- Entries may be routed once more: what members have read of the group before says nothing about this one.
  redis.call('DEL', KEYS[2] .. ':last-routed')
  redis.call('DEL', KEYS[2] .. ':positions')
  for _, member in ipairs(redis.call('HKEYS', KEYS[4])) do
    if member ~= MARKER then
      mark(KEYS[2], member, '-1')
      notify(KEYS[2], member, 'leases')
    end
  end
end

local group = group_of(KEYS[1], ARGV[1])
local position = group['last-delivered-id']
if made == 1 or not partitions then
  local in_partitions = pending_in(pending, tonumber(ARGV[3]))
  -- Where another program has read, nothing was routed yet: its pending entries are in their order when they are adopted.
  local _, has_foreign = pending_in(pending, tonumber(ARGV[3]))
  redis.call('HSET', KEYS[2], 'position', has_foreign and '0-0' or position, 'routed', string.format('%.0f', in_partitions), 'ended', '0')
  redis.call('HDEL', KEYS[2], 'read')
  -- Redis' lag is counted from what was added to the stream, since Redis 7.0.
  local waiting, added = group['lag'], added_to(KEYS[1], ARGV[1], position)
  if added and waiting then
    local read = string.format('%.0f', added - waiting)
    move(KEYS[1], ARGV[1], position, read)
    redis.call('HSET', KEYS[2], 'read', read)
  end
end

-- Another program's pending entries come first.
if select(2, pending_in(pending, tonumber(ARGV[3]))) then redis.call('HSET', KEYS[2], 'adopt', '1') end
return { made, position, tonumber(lease) }
