-- Makes the group if it is not there, and the state beside it, and checks that both fit the caller.
-- KEYS: stream, state   ARGV: group, start (0 or $), partitions, key rule, 1 if the caller had the group open before
-- Answer: 1 if the group was made, the ID up to which entries have been routed
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[2], '-')
local made = 1
local answer = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM')
if type(answer) == 'table' and answer.err then
  if string.sub(answer.err, 1, 9) ~= 'BUSYGROUP' then return answer end
  made = 0
end

local partitions, rule = unpack(redis.call('HMGET', KEYS[2], 'partitions', 'rule'))
if partitions and partitions ~= ARGV[3] then return redis.error_reply('PARTITIONS ' .. partitions) end
-- Under another rule a contact has another partition: its new entries could overtake its old ones.
if rule and rule ~= ARGV[4] and redis.call('XPENDING', KEYS[1], ARGV[1])[1] > 0 then
  return redis.error_reply('KEYRULE ' .. string.gsub(rule, '\n', ', '))
end

if not partitions then
  -- A state that was lost may leave holders behind who do not know it yet: then nobody acquires a partition for one lease time. Only with a
  -- new group, and a caller that never had it open, there is nothing to wait for.
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
  -- Reigns and beats begin where no earlier state of this group has been.
  local time = redis.call('TIME')
  local begin = string.format('%.0f', time[1] * 1000000 + time[2])
  redis.call('HSET', KEYS[2], 'partitions', ARGV[3], 'run', run, 'settled', ARGV[5] == '0' and made == 1 and run or '',
    'reign', begin, 'beat', begin)
end
redis.call('HSET', KEYS[2], 'rule', ARGV[4])
if made == 1 then
  -- Entries may be routed once more: what members have read of the group before says nothing about this one.
  redis.call('DEL', KEYS[2] .. ':tails')
  for _, member in ipairs(redis.call('HKEYS', KEYS[2] .. ':members')) do
    mark(KEYS[2], member, '-1')
    ring(KEYS[2], member, 'routed')
  end
end

local function info_of(list)
  local info = {}
  for i = 1, #list, 2 do info[list[i]] = list[i + 1] end
  return info
end

local group
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local candidate = info_of(info)
  if candidate['name'] == ARGV[1] then group = candidate end
end

if made == 1 or not partitions then
  -- What is counted from here on: additions to the stream (since Redis 7.0) against entries routed.
  redis.call('HDEL', KEYS[2], 'routed', 'base')
  local stream = info_of(redis.call('XINFO', 'STREAM', KEYS[1]))
  local waiting = group['lag']
  if made == 1 then waiting = ARGV[2] == '0' and stream['length'] or 0 end
  if stream['entries-added'] and waiting then redis.call('HSET', KEYS[2], 'base', string.format('%.0f', stream['entries-added'] - waiting)) end
end

-- Another program's pending entries come first.
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = info_of(info)
  local number = tonumber(string.match(consumer['name'], '^p(%d%d+)$'))
  if consumer['pending'] > 0 and not (number and number < tonumber(ARGV[3])) then
    redis.call('HSET', KEYS[2], 'adopt', '1')
  end
end
return { made, group['last-delivered-id'] }
