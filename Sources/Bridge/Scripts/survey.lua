-- How a stream stands; changes nothing.
-- KEYS: stream, state, dead-letter stream   ARGV: group
-- Answer: names and values in turn. What Redis does not know is left out.
local function info_of(list)
  local info = {}
  for i = 1, #list, 2 do info[list[i]] = list[i + 1] end
  return info
end

local answer = { 'length', redis.call('XLEN', KEYS[1]), 'letters', redis.call('XLEN', KEYS[3]) }
local function add(name, value)
  if value then
    answer[#answer + 1] = name
    answer[#answer + 1] = value
  end
end
local letter = answer[4] > 0 and redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
if letter then add('letter', letter[1]) end
if answer[2] == 0 and redis.call('EXISTS', KEYS[1]) == 0 then return answer end

local added = info_of(redis.call('XINFO', 'STREAM', KEYS[1]))['entries-added']
local routed, base = unpack(redis.call('HMGET', KEYS[2], 'routed', 'base'))
add('added', added)
-- Redis forgets the lag when it loads its file; what was added and what was routed are counted beside the group.
if added and base then add('counted', added - tonumber(base) - tonumber(routed or '0')) end
for _, item in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = info_of(item)
  local oldest = redis.call('XPENDING', KEYS[1], group['name'])[2]
  -- Up to here, and without what is still pending, this group has finished.
  add('done', oldest or group['last-delivered-id'])
  add('isPending', oldest and 1 or 0)
  if group['name'] == ARGV[1] then
    add('lag', group['lag'])
    add('pending', group['pending'])
    add('oldest', oldest)
  end
end
return answer
