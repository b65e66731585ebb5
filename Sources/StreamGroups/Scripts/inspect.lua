-- How a stream stands; changes nothing, and sees nothing of what entries hold.
-- KEYS: stream, state, dead-letter stream   ARGV: group
-- Answer: names and values in turn. What Redis does not know is left out.
local answer = { 'length', redis.call('XLEN', KEYS[1]), 'letters', redis.call('XLEN', KEYS[3]) }
local function add(name, value)
  if value then
    answer[#answer + 1] = name
    answer[#answer + 1] = value
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
