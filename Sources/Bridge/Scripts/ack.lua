-- Acknowledges entries that have come to their end, but for those whose partition has another owner by now.
-- KEYS: stream, leases, suspects   ARGV: group, then for each partition: its number, lease, how many IDs, the IDs
-- Answer: how many were still pending, then the numbers of the partitions that the caller does not own
local names, at = {}, 2
while at <= #ARGV do
  names[#names + 1] = ARGV[at]
  at = at + 3 + tonumber(ARGV[at + 2])
end
local leases, ids, answer = redis.call('HMGET', KEYS[2], unpack(names)), {}, { 0 }
at = 2
for turn = 1, #names do
  local last = at + 2 + tonumber(ARGV[at + 2])
  if leases[turn] == ARGV[at + 1] then
    for i = at + 3, last do ids[#ids + 1] = ARGV[i] end
  else
    answer[#answer + 1] = tonumber(names[turn])
  end
  at = last + 1
end
if #ids > 0 then
  answer[1] = redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
  if redis.call('EXISTS', KEYS[3]) == 1 then redis.call('HDEL', KEYS[3], unpack(ids)) end
end
return answer
