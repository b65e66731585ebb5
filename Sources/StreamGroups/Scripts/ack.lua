-- Acknowledges entries that have come to their end, but for those whose partition has another owner by now.
-- KEYS: stream, state, leases, suspects   ARGV: group, incarnation, then for each partition: its number, lease, how many IDs, the IDs
-- Answer: how many were still pending, then the places of the portions, from 1, whose partitions the caller does not own by that lease
redis.call('HDEL', KEYS[2], '-')
local mistake = incarnation_error(KEYS[2], ARGV[2])
if mistake then return mistake end
local names, at = {}, 3
while at <= #ARGV do
  names[#names + 1] = ARGV[at]
  at = at + 3 + tonumber(ARGV[at + 2])
end
local leases, ids, answer = redis.call('HMGET', KEYS[3], unpack(names)), {}, { 0 }
at = 3
for turn = 1, #names do
  local last = at + 2 + tonumber(ARGV[at + 2])
  if leases[turn] == ARGV[at + 1] then
    for i = at + 3, last do ids[#ids + 1] = ARGV[i] end
  else
    answer[#answer + 1] = turn
  end
  at = last + 1
end
if #ids > 0 then
  answer[1] = redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
  redis.call('HINCRBY', KEYS[2], 'ended', answer[1])
  if redis.call('EXISTS', KEYS[4]) == 1 then redis.call('HDEL', KEYS[4], unpack(ids)) end
end
return answer
