-- Acknowledges entries that have come to their end, unless their partition has another owner by now.
-- KEYS: stream, leases, suspects   ARGV: group, then for each partition: its number, lease, how many IDs, the IDs
-- Answer: for each partition how many were still pending, or -1 if the caller does not own it
local answer, names, at, has_suspects = {}, {}, 2, redis.call('EXISTS', KEYS[3]) == 1
while at <= #ARGV do
  names[#names + 1] = ARGV[at]
  at = at + 3 + tonumber(ARGV[at + 2])
end
local leases = redis.call('HMGET', KEYS[2], unpack(names))
at = 2
while at <= #ARGV do
  local count = tonumber(ARGV[at + 2])
  if leases[#answer + 1] == ARGV[at + 1] then
    answer[#answer + 1] = redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, at + 3, at + 2 + count))
    if has_suspects then redis.call('HDEL', KEYS[3], unpack(ARGV, at + 3, at + 2 + count)) end
  else
    answer[#answer + 1] = -1
  end
  at = at + 3 + count
end
return answer
