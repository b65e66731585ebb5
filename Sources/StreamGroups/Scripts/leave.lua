-- Gives back all partitions of a replica that stops, and its membership, so that others take over at once.
-- KEYS: state, leases, members, hands   ARGV: member, then partition and lease for each
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[1], '-')
local me = ARGV[1]
for i = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[i + 1] then
    redis.call('HSET', KEYS[2], ARGV[i], string.match(ARGV[i + 1], '^%d+') .. ' -')
    redis.call('HDEL', KEYS[4], ARGV[i])
  end
end
redis.call('HDEL', KEYS[3], me)
redis.pcall('HDEL', KEYS[1] .. ':addresses', me)
redis.call('DEL', KEYS[1] .. ':unfetched:' .. me, KEYS[1] .. ':wakeup:' .. me)
ring_others(KEYS[1], KEYS[3], me, 'leases')
return 0
