-- Writes what one intake tells of a stream, and removes what others have told when it is too old, or when there are too many.
-- KEYS: reports
-- ARGV: the intake, what it tells (empty: it tells nothing any more), how long a report holds (seconds), the most reports
-- Answer: how many reports there are
local key, own, text = KEYS[1], ARGV[1], ARGV[2]
if text == '' then
  redis.call('HDEL', key, own)
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local hold, most = ARGV[3] * 1000, tonumber(ARGV[4])
redis.call('HSET', key, own, string.format('%.0f', now) .. ' ' .. text)

local others = {}
local reports = redis.call('HGETALL', key)
for i = 1, #reports, 2 do
  if reports[i] ~= own then
    local at = tonumber(string.match(reports[i + 1], '^(%d+) ') or 0)
    -- What is of the future is of a clock that was set back since.
    if math.abs(now - at) > hold then
      redis.call('HDEL', key, reports[i])
    else
      others[#others + 1] = { at, reports[i] }
    end
  end
end
table.sort(others, function(one, other) return one[1] > other[1] end)
for i = most, #others do redis.call('HDEL', key, others[i][2]) end
redis.call('EXPIRE', key, ARGV[3])
return math.min(most, 1 + #others)
