-- Renews the caller's membership, and with it all its leases; gives partitions back; takes partitions that are free or whose owner the caller
-- has seen silent for a whole lease time; and tells how everything stands.
--
-- A lease is "EPOCH MEMBER", or "EPOCH -" when it is free. It counts as renewed whenever its member's beat changes. Beats are never given
-- twice, so a beat that the caller saw and that still stands means that its member was silent in between.
-- KEYS: state, leases, members, hands   ARGV: member; the reign that the caller knows, or ''; 1 to settle it; then three lists, each with its
-- length before it:
-- partitions to release and their leases; partitions to claim, their leases as the caller saw them and their owners' beats ('' for none);
-- silent members to remove and their beats. In another reign than the one that the caller knows, nothing is claimed and nobody removed: after
-- Redis went back in time, beats are given again.
-- Answer: reign, 1 if it is settled, leases, members, what the pause says of itself or ''
-- A pause may be all that is there.
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[1], '-')
if redis.call('HEXISTS', KEYS[1], 'partitions') == 0 then return redis.error_reply('UNOPENED the state of the group is gone') end
local me, at = ARGV[1], 4
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

-- Another server, or the same one started anew: what it knows may be a little old. Nobody acquires anything for one lease time.
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
if redis.call('HGET', KEYS[1], 'run') ~= run then
  redis.call('HSET', KEYS[1], 'run', run)
  redis.call('HINCRBY', KEYS[1], 'reign', 1)
end
-- The number alone could come again when Redis goes back in time twice; with the run it cannot.
local reign = redis.call('HGET', KEYS[1], 'reign') .. ' ' .. run
local is_known = ARGV[2] == reign
if is_known and ARGV[3] == '1' then redis.call('HSET', KEYS[1], 'settled', run) end
local settled = redis.call('HGET', KEYS[1], 'settled') == run

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

for _, item in ipairs(items(2)) do
  if redis.call('HGET', KEYS[2], item[1]) == item[2] then
    redis.call('HSET', KEYS[2], item[1], string.match(item[2], '^%d+') .. ' -')
    redis.call('HDEL', KEYS[4], item[1])
    news = true
  end
end
for _, item in ipairs(items(3)) do
  local lease = redis.call('HGET', KEYS[2], item[1]) or ''
  local epoch, owner = string.match(lease, '^(%d+) (.+)$')
  local beat = owner and owner ~= '-' and redis.call('HGET', KEYS[3], owner) or ''
  if is_known and settled and lease == item[2] and beat == item[3] then
    redis.call('HSET', KEYS[2], item[1], string.format('%d %s', (tonumber(epoch) or 0) + 1, me))
  end
end
for _, item in ipairs(items(2)) do
  if is_known and redis.call('HGET', KEYS[3], item[1]) == item[2] then
    redis.call('HDEL', KEYS[3], item[1])
    redis.call('DEL', KEYS[1] .. ':dirty:' .. item[1], KEYS[1] .. ':bell:' .. item[1])
    news = true
  end
end
if news then ring_others(KEYS[1], KEYS[3], me, 'leases') end
return { reign, settled and 1 or 0, redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]),
  redis.call('HGET', KEYS[1], 'paused') or '' }
