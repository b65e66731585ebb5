-- Reads what waits in partitions: the pending entries of their consumers, in the order of their IDs.
-- KEYS: stream, state   ARGV: group, epoch, then for each partition: consumer, ID to read after, count
-- Answer: for each partition its entries; an entry without fields was trimmed or deleted while it was pending
local epoch = redis.call('HGET', KEYS[2], 'epoch')
if not epoch then return redis.error_reply('UNOPENED the state of the group is gone') end
if epoch ~= ARGV[2] then return redis.error_reply('FENCED ' .. epoch) end
local answer = {}
for i = 3, #ARGV, 3 do
  local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[i], 'COUNT', ARGV[i + 2], 'STREAMS', KEYS[1], ARGV[i + 1])
  answer[#answer + 1] = read and read[1][2] or {}
end
return answer
