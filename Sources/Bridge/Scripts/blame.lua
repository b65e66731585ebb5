-- After a crash: the entries that its partition's last owner had in hand become suspects, after the second time. Whether one of them ended
-- that process is found out by handling suspects one at a time; see pull. An owner that gave its partition back leaves nothing here.
-- KEYS: stream, leases, hands, suspects   ARGV: group, then partition and lease for each
-- Answer: for each partition how many entries were in hand
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[4], '-')
local answer = {}
for i = 2, #ARGV, 2 do
  local last, count = redis.call('HGET', KEYS[3], ARGV[i]), 0
  if last and redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[i + 1] then
    local consumer = string.format('p%02d', tonumber(ARGV[i]))
    for _, item in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', last, 300, consumer)) do
      count = count + 1
      -- Beyond two, only the count that pull wrote ahead is blame.
      if tonumber(redis.call('HGET', KEYS[4], item[1]) or '0') < 2 then redis.call('HINCRBY', KEYS[4], item[1], 1) end
    end
    redis.call('HDEL', KEYS[3], ARGV[i])
  end
  answer[#answer + 1] = count
end
return answer
