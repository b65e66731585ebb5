-- Acknowledges entries that have come to their end, but for those whose partition has another owner by now.
-- KEYS: stream, state, leases, suspects, and the stream of receipts where some are written
-- ARGV: group, incarnation, the length of the stream of receipts (0: none are written), then for each partition: its number, lease, how many
-- IDs, the IDs, and as many receipts where some are written
-- Answer: how many were still pending, then the places of the portions, from 1, whose partitions the caller does not own by that lease; below 0:
-- how many receipts could not be written
redis.call('HDEL', KEYS[2], '-')
local mistake = incarnation_error(KEYS[2], ARGV[2])
if mistake then return mistake end
local each = KEYS[5] and 2 or 1
local names, at = {}, 4
while at <= #ARGV do
  names[#names + 1] = ARGV[at]
  at = at + 3 + each * tonumber(ARGV[at + 2])
end
local leases, ids, receipts, answer = redis.call('HMGET', KEYS[3], unpack(names)), {}, {}, { 0 }
at = 4
for turn = 1, #names do
  local count = tonumber(ARGV[at + 2])
  if leases[turn] == ARGV[at + 1] then
    for i = at + 3, at + 2 + count do
      ids[#ids + 1] = ARGV[i]
      if KEYS[5] then receipts[#ids] = ARGV[i + count] end
    end
  else
    answer[#answer + 1] = turn
  end
  at = at + 3 + each * count
end
if #ids > 0 then
  if KEYS[5] then
    local failed = 0
    for i = 1, #ids do
      if redis.call('XACK', KEYS[1], ARGV[1], ids[i]) == 1 then
        answer[1] = answer[1] + 1
        failed = failed + unwritten_receipt(KEYS[5], ARGV[3], receipts[i])
      end
    end
    if failed > 0 then answer[#answer + 1] = -failed end
  else
    answer[1] = redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
  end
  redis.call('HINCRBY', KEYS[2], 'ended', answer[1])
  if redis.call('EXISTS', KEYS[4]) == 1 then redis.call('HDEL', KEYS[4], unpack(ids)) end
end
return answer
