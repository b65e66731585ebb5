-- Acknowledges entries that have come to their end.
-- KEYS: stream, state   ARGV: group, epoch, IDs
-- Answer: how many were still pending
local epoch = redis.call('HGET', KEYS[2], 'epoch')
if not epoch then return redis.error_reply('UNOPENED the state of the group is gone') end
if epoch ~= ARGV[2] then return redis.error_reply('FENCED ' .. epoch) end
return redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, 3))
