-- Takes new entries and hands each to the partition of its contact, in one step: nothing ever stays with the reading consumer. Any replica
-- may run it. The owners of the partitions that got something learn of it: the caller by the answer, others by their dirty set and bell.
--
-- A caller that has read all of a partition that it owns gets its new entries in the answer, as if it had pulled them next. It says up to where it
-- has read, and the last entry that anybody routed there is noted: only when they are the same has nothing escaped it.
-- KEYS: stream, state, leases, hands, suspects   ARGV: group, member, key rule, count, window, bytes that an entry may have, then for each
-- partition that the caller has read to its end: number, lease, the last ID that it read or 0-0
-- Answer: entries, 1 if the window was full, the ID up to which all has been routed or false where it was not looked at, bytes, the caller's
-- partitions to pull (-1 for all from their beginning, see adopt), entries that were gone from the stream before they could be routed, then for
-- each partition that was read to its end: its number, its entries
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[2], '-')
local state = redis.call('HMGET', KEYS[2], 'partitions', 'rule', 'adopt')
local partitions, rule = tonumber(state[1] or '0'), state[2]
if partitions == 0 then return redis.error_reply('UNOPENED the state of the group is gone') end
if rule ~= ARGV[3] then return redis.error_reply('KEYRULE ' .. string.gsub(rule, '\n', ', ')) end
if state[3] then return redis.error_reply('ADOPT another program has pending entries') end

-- What others have routed to the caller's partitions since it last asked.
local mine, own_dirty, unread = {}, KEYS[2] .. ':dirty:' .. ARGV[2], {}
for _, partition in ipairs(redis.call('SMEMBERS', own_dirty)) do
  mine[#mine + 1] = tonumber(partition)
  unread[mine[#mine]] = true
end
if #mine > 0 then redis.call('DEL', own_dirty) end
-- Partition to its place among the arguments. Suspects are given out by pull only.
local read_to_end = {}
if not unread[-1] and redis.call('EXISTS', KEYS[5]) == 0 then
  for i = 7, #ARGV, 3 do
    local partition = tonumber(ARGV[i])
    if not unread[partition] then read_to_end[partition] = i end
  end
end

local window, most = tonumber(ARGV[5]), tonumber(ARGV[6])
if redis.call('XPENDING', KEYS[1], ARGV[1])[1] >= window then return { 0, 1, false, 0, mine, 0, {} } end

-- Up to where the group has read. Whoever found nothing sleeps behind it: another replica may have been here first.
local function routed_to()
  for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for i = 1, #info, 2 do group[info[i]] = info[i + 1] end
    if group['name'] == ARGV[1] then return group['last-delivered-id'] end
  end
end

-- Nobody's until it is handed over, in this same step: a reader of its own would cost Redis two more writes for each entry. Should what that takes be
-- forbidden, it fails here, where nothing is lost by it.
redis.call('XCLAIM', KEYS[1], ARGV[1], consumer_of(0), '0', '0-0', 'JUSTID')
redis.call('HDEL', KEYS[2] .. ':tails', '-')
local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], 'router', 'COUNT', ARGV[4], 'NOACK', 'STREAMS', KEYS[1], '>')
if not read then
  -- All has been read. What was added and never routed was trimmed or deleted before. Redis counts additions since 7.0.
  local info, added = redis.call('XINFO', 'STREAM', KEYS[1]), nil
  for i = 1, #info, 2 do
    if info[i] == 'entries-added' then added = info[i + 1] end
  end
  if not added then return { 0, 0, routed_to(), 0, mine, 0, {} } end
  local routed, base = unpack(redis.call('HMGET', KEYS[2], 'routed', 'base'))
  local gone = base and added - tonumber(base) - tonumber(routed or '0') or 0
  if not base or gone ~= 0 then
    redis.call('HSET', KEYS[2], 'base', string.format('%.0f', added - tonumber(routed or '0')))
  end
  return { 0, 0, routed_to(), 0, mine, math.max(gone, 0), {} }
end

local entries, paths, total, claims, contents, touched, names = read[1][2], paths_of(ARGV[3]), 0, {}, {}, {}, {}
for i = 1, #entries do
  local entry = entries[i]
  -- Whatever is in an entry, it must come to a partition.
  local is_read, key, bytes = pcall(key_of, entry[2], paths, most)
  if not is_read then key, bytes = nil, 0 end
  total = total + bytes
  local partition = partition_of(entry[1], key, partitions)
  local claim, content = claims[partition], contents[partition]
  if not claim then
    claim, content = claim_for(KEYS[1], ARGV[1], partition), {}
    claims[partition], contents[partition] = claim, content
    touched[#touched + 1] = partition
    -- Redis writes numbers of Lua with 17 digits, which is slow.
    names[#names + 1] = string.format('%d', partition)
  end
  claim[#claim + 1] = entry[1]
  content[#content + 1] = entry
end
local tails = redis.call('HMGET', KEYS[2] .. ':tails', unpack(names))
hand_over(KEYS[2], claims)
redis.call('HINCRBY', KEYS[2], 'routed', #entries)

local given, hands = {}, {}
for i, record in ipairs(redis.call('HMGET', KEYS[3], unpack(names))) do
  local partition = touched[i]
  local place = read_to_end[partition]
  if place and record == ARGV[place + 1] and (tails[i] or '0-0') == ARGV[place + 2] then
    local content = contents[partition]
    given[#given + 1] = partition
    given[#given + 1] = content
    hands[#hands + 1] = names[i]
    hands[#hands + 1] = content[#content][1]
  else
    local owner = record and string.match(record, '^%d+ (.+)$')
    if owner == ARGV[2] then
      if not unread[partition] then mine[#mine + 1] = partition end
    elseif owner and owner ~= '-' then
      if redis.call('EXISTS', KEYS[2] .. ':dirty:' .. owner) == 0 then ring(KEYS[2], owner, 'routed') end
      mark(KEYS[2], owner, names[i])
    end
  end
end
-- How far the owner has read, as pull notes it.
if #hands > 0 then redis.call('HSET', KEYS[4], unpack(hands)) end
return { #entries, 0, entries[#entries][1], total, mine, 0, given }
