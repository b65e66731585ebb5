-- Takes new entries and hands each to the partition of its contact, in one step: nothing ever stays with the reading consumer. Any replica
-- may run it. The owners of the partitions that got something learn of it: the caller by the answer, others by their dirty set and bell.
-- KEYS: stream, state, leases   ARGV: group, member, key rule, count, window, bytes that an entry may have
-- Answer: entries, 1 if the window was full, the ID up to which all has been routed or false where it was not looked at, bytes, the caller's
-- partitions that got some (-1 for all from their beginning, see adopt), entries that were gone from the stream before they could be routed
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[2], '-')
local state = redis.call('HMGET', KEYS[2], 'partitions', 'rule', 'adopt')
local partitions, rule = tonumber(state[1] or '0'), state[2]
if partitions == 0 then return redis.error_reply('UNOPENED the state of the group is gone') end
if rule ~= ARGV[3] then return redis.error_reply('KEYRULE ' .. string.gsub(rule, '\n', ', ')) end
if state[3] then return redis.error_reply('ADOPT another program has pending entries') end

-- What others have routed to the caller's partitions since it last asked.
local mine, own_dirty = {}, KEYS[2] .. ':dirty:' .. ARGV[2]
for _, partition in ipairs(redis.call('SMEMBERS', own_dirty)) do mine[#mine + 1] = tonumber(partition) end
if #mine > 0 then redis.call('DEL', own_dirty) end

local count, window, most = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
if redis.call('XPENDING', KEYS[1], ARGV[1])[1] >= window then return { 0, 1, false, 0, mine, 0 } end

-- Up to where the group has read. Whoever found nothing sleeps behind it: another replica may have been here first.
local function routed_to()
  for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for i = 1, #info, 2 do group[info[i]] = info[i + 1] end
    if group['name'] == ARGV[1] then return group['last-delivered-id'] end
  end
end

local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], 'router', 'COUNT', count, 'STREAMS', KEYS[1], '>')
if not read then
  -- All has been read. What was added and never routed was trimmed or deleted before. Redis counts additions since 7.0.
  local info, added = redis.call('XINFO', 'STREAM', KEYS[1]), nil
  for i = 1, #info, 2 do
    if info[i] == 'entries-added' then added = info[i + 1] end
  end
  if not added then return { 0, 0, routed_to(), 0, mine, 0 } end
  local routed, base = unpack(redis.call('HMGET', KEYS[2], 'routed', 'base'))
  local gone = base and added - tonumber(base) - tonumber(routed or '0') or 0
  if not base or gone ~= 0 then
    redis.call('HSET', KEYS[2], 'base', string.format('%.0f', added - tonumber(routed or '0')))
  end
  return { 0, 0, routed_to(), 0, mine, math.max(gone, 0) }
end

local entries, paths, total, claims, touched = read[1][2], paths_of(ARGV[3]), 0, {}, {}
for _, entry in ipairs(entries) do
  local key, bytes = key_of(entry[2], paths, most)
  total = total + bytes
  local partition = partition_of(entry[1], key, partitions)
  local claim = claims[partition]
  if claim then
    claim[#claim + 1] = entry[1]
  else
    claims[partition] = { entry[1] }
    touched[#touched + 1] = partition
  end
end
hand_over(KEYS[1], ARGV[1], claims)
redis.call('HINCRBY', KEYS[2], 'routed', #entries)

for i, record in ipairs(redis.call('HMGET', KEYS[3], unpack(touched))) do
  local owner = record and string.match(record, '^%d+ (.+)$')
  if owner == ARGV[2] then
    mine[#mine + 1] = touched[i]
  elseif owner and owner ~= '-' then
    local dirty = KEYS[2] .. ':dirty:' .. owner
    if redis.call('EXISTS', dirty) == 0 then ring(KEYS[2], owner, 'routed') end
    redis.call('SADD', dirty, touched[i])
    redis.call('PEXPIRE', dirty, 3600000)
  end
end
return { #entries, 0, entries[#entries][1], total, mine, 0 }
