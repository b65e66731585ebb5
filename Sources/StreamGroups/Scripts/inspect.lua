-- How a stream stands; changes nothing, and sees nothing of what entries hold.
-- KEYS: stream, state, dead-letter stream, reports of intakes
-- ARGV: group, the most reports, the longest report
-- Answer: names and values in turn. What Redis does not know is left out. `reports` says that reports could be read; a report is a list: the
-- intake, how old it is (milliseconds), its text.
local answer = { 'length', redis.call('XLEN', KEYS[1]), 'letters', redis.call('XLEN', KEYS[3]) }
local function add(name, value)
  if value then
    answer[#answer + 1] = name
    answer[#answer + 1] = value
  end
end

-- Whoever has put something else there keeps the figures of the stream from nobody.
local reports = redis.pcall('HGETALL', KEYS[4])
if not reports.err then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  add('reports', 1)
  for i = 1, math.min(#reports, 2 * ARGV[2]), 2 do
    local at, text = string.match(reports[i + 1], '^(%d+) (.*)$')
    if text and #text <= tonumber(ARGV[3]) and #reports[i] <= 200 then
      add('report', { reports[i], now - at, text })
    end
  end
end

if answer[2] == 0 and redis.call('EXISTS', KEYS[1]) == 0 then return answer end

for _, item in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for i = 1, #item, 2 do group[item[i]] = item[i + 1] end
  local oldest = redis.call('XPENDING', KEYS[1], group['name'])[2]
  -- Up to here, and without what is still pending, this group has finished.
  add('done', oldest or group['last-delivered-id'])
  add('isPending', oldest and 1 or 0)
  if group['name'] == ARGV[1] then
    add('lag', group['lag'])
    add('pending', group['pending'])
    add('oldest', oldest)
    if group['entries-read'] and group['lag'] then add('added', group['entries-read'] + group['lag']) end
  end
end
return answer
