-- Makes the group if it is not there, checks the number of partitions, and begins a new epoch, which fences whoever came before.
-- KEYS: stream, state   ARGV: group, start (0 or $), partitions, instance
-- Answer: epoch, 1 if the group was made, the ID up to which entries have been routed
local made = 1
local answer = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM')
if type(answer) == 'table' and answer.err then
  if string.sub(answer.err, 1, 9) ~= 'BUSYGROUP' then return answer end
  made = 0
end

local partitions = redis.call('HGET', KEYS[2], 'partitions')
if partitions and partitions ~= ARGV[3] then
  return redis.error_reply('PARTITIONS ' .. partitions)
end

local epoch = redis.call('HINCRBY', KEYS[2], 'epoch', 1)
redis.call('HSET', KEYS[2], 'partitions', ARGV[3], 'instance', ARGV[4])

local routed = '0-0'
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for i = 1, #info, 2 do group[info[i]] = info[i + 1] end
  if group['name'] == ARGV[1] then routed = group['last-delivered-id'] end
end
return { epoch, made, routed }
