-- Renews the caller's membership, and with it all its leases; gives partitions back; takes partitions that are free or whose owner the caller
-- has seen silent for a whole lease time; and tells how everything stands.
--
-- A lease is "EPOCH MEMBER", or "EPOCH -" when it is free. It counts as renewed whenever its member's beat changes. Beats are never given
-- twice, so a beat that the caller saw and that still stands means that its member was silent in between.
-- KEYS: state, leases, members, hands, stream   ARGV: member; group; the incarnation that the caller knows, or ''; 1 when it has lasted long
-- enough; where people find the caller's page, or ''; then five lists, each with its length before it: partitions whose entries the caller has planned; partitions to release and their
-- leases; partitions that the caller owns and reads from their beginning, and their leases, which get the next epoch; partitions to claim, their
-- leases as the caller saw them and their owners' beats ('' for none); silent members to remove and their beats. In another incarnation than the
-- one that the caller knows, nothing is claimed and nobody removed: after Redis went back in time, beats are given again.
-- Answer: incarnation, 1 if it is stable, leases, members, what the pause says of itself or '', the group's lease time in milliseconds, the ID up
-- to which all is finished, entries that vanished from the pending list and are routed again, where people find the members' pages
-- A pause may be all that is there.
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[1], '-')
local state = redis.call('HMGET', KEYS[1], 'partitions', 'incarnation', 'stable-incarnation', 'routed', 'ended', 'position', 'floor', 'lease')
if not state[1] then return redis.error_reply('UNOPENED the state of the group is gone') end
local me, at, addresses = ARGV[1], 6, KEYS[1] .. ':addresses'
local function items(width)
  local list, length = {}, tonumber(ARGV[at])
  for i = 0, length - 1 do
    local item = {}
    for j = 1, width do item[j] = ARGV[at + i * width + j] end
    list[#list + 1] = item
  end
  at = at + 1 + length * width
  return list
end
-- Fails where the group is gone.
local pending = redis.call('XPENDING', KEYS[5], ARGV[2])

-- Another server, the same one started anew, or leases and members that were deleted: what is known may be a little old, or gone. Nobody
-- acquires anything for one lease time.
local id, incarnation = replication_id(), state[2]
local has_markers = redis.call('HEXISTS', KEYS[2], MARKER) == 1 and redis.call('HEXISTS', KEYS[3], MARKER) == 1
if not incarnation or string.match(incarnation, '^%d+ (%w+)$') ~= id or not has_markers then
  redis.call('HDEL', KEYS[1], 'stable-incarnation')
  redis.call('HSET', KEYS[2], MARKER, '1')
  redis.call('HSET', KEYS[3], MARKER, '1')
  incarnation = begin_incarnation(KEYS[1])
end
local is_known = ARGV[3] == incarnation
if is_known and ARGV[4] == '1' then redis.call('HSET', KEYS[1], 'stable-incarnation', incarnation) end
local stable = redis.call('HGET', KEYS[1], 'stable-incarnation') == incarnation

for _, item in ipairs(items(1)) do redis.call('HDEL', KEYS[4], item[1]) end
local news = redis.call('HEXISTS', KEYS[3], me) == 0
local owned = news and redis.call('HGETALL', KEYS[2]) or {}
for i = 2, #owned, 2 do
  if string.match(owned[i], '^%d+ (.+)$') == me then
    -- It was taken for dead, lost its marks with that, and still owns something.
    mark(KEYS[1], me, '-1')
    break
  end
end
redis.call('HSET', KEYS[3], me, redis.call('HINCRBY', KEYS[1], 'beat', 1))
-- Nothing depends on the addresses: whatever stands in their way is passed over.
if ARGV[5] == '' then redis.pcall('HDEL', addresses, me) else redis.pcall('HSET', addresses, me, ARGV[5]) end

for _, item in ipairs(items(2)) do
  if redis.call('HGET', KEYS[2], item[1]) == item[2] then
    redis.call('HSET', KEYS[2], item[1], string.match(item[2], '^%d+') .. ' -')
    redis.call('HDEL', KEYS[4], item[1])
    news = true
  end
end
for _, item in ipairs(items(2)) do
  if redis.call('HGET', KEYS[2], item[1]) == item[2] then
    redis.call('HSET', KEYS[2], item[1], string.format('%d %s', tonumber(string.match(item[2], '^%d+')) + 1, me))
  end
end
for _, item in ipairs(items(3)) do
  local lease = redis.call('HGET', KEYS[2], item[1]) or ''
  local epoch, owner = string.match(lease, '^(%d+) (.+)$')
  local beat = owner and owner ~= '-' and redis.call('HGET', KEYS[3], owner) or ''
  if is_known and stable and lease == item[2] and beat == item[3] then
    redis.call('HSET', KEYS[2], item[1], string.format('%d %s', (tonumber(epoch) or 0) + 1, me))
  end
end
for _, item in ipairs(items(2)) do
  if is_known and item[1] ~= MARKER and redis.call('HGET', KEYS[3], item[1]) == item[2] then
    redis.call('HDEL', KEYS[3], item[1])
    redis.pcall('HDEL', addresses, item[1])
    redis.call('DEL', KEYS[1] .. ':unfetched:' .. item[1], KEYS[1] .. ':wakeup:' .. item[1])
    news = true
  end
end

-- Up to where everything is finished: there the group is made again, should it go, and there it goes on when entries vanish from it.
local position, floor, vanished = state[6], state[7], 0
local in_partitions = pending_in(pending, tonumber(state[1]))
local should_be = tonumber(state[4] or '0') - tonumber(state[5] or '0')
if in_partitions < should_be then
  -- Somebody has deleted a consumer with what was pending in it. Behind the floor all is routed again; what is still pending is taken out first.
  vanished = should_be - in_partitions
  redis.call('HINCRBY', KEYS[1], 'ended', vanished)
  redis.call('XGROUP', 'SETID', KEYS[5], ARGV[2], floor or '0-0')
elseif pending[1] > 0 then
  floor = id_before(pending[2])
  redis.call('HSET', KEYS[1], 'floor', floor)
elseif position then
  floor = position
  redis.call('HSET', KEYS[1], 'floor', floor)
end
if news then ring_others(KEYS[1], KEYS[3], me, 'leases') end
if vanished > 0 then ring_others(KEYS[1], KEYS[3], '', 'routed') end
local pages = redis.pcall('HGETALL', addresses)
if pages.err then pages = {} end
return { incarnation, stable and 1 or 0, redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]),
  redis.call('HGET', KEYS[1], 'paused') or '', tonumber(state[8] or '0'), floor or '', vanished,
  pages }
