-- After a crash: the entries that its partition's last owner had read and not planned yet become suspects, after the second time. Planning is what
-- an entry can end a process with; one that waits for its turn or for Loops' answer is not to blame. Whether one of them ended that process is
-- found out by handling suspects one at a time; see pull. An owner that gave its partition back leaves nothing here.
-- KEYS: stream, state, leases, hands, suspects   ARGV: group, incarnation, then partition and lease for each
-- Answer: for each partition how many entries were in hand
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[5], '-')
local mistake = incarnation_error(KEYS[2], ARGV[2])
if mistake then return mistake end
local answer = {}
for i = 3, #ARGV, 2 do
  local first, last = string.match(redis.call('HGET', KEYS[4], ARGV[i]) or '', '^(%S+) (%S+)$')
  local count = 0
  if first and redis.call('HGET', KEYS[3], ARGV[i]) == ARGV[i + 1] then
    local consumer = string.format('p%02d', tonumber(ARGV[i]))
    for _, item in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], first, last, 300, consumer)) do
      count = count + 1
      -- Beyond two, only the count that pull wrote ahead is blame.
      if tonumber(redis.call('HGET', KEYS[5], item[1]) or '0') < 2 then redis.call('HINCRBY', KEYS[5], item[1], 1) end
    end
    redis.call('HDEL', KEYS[4], ARGV[i])
  end
  answer[#answer + 1] = count
end
return answer
