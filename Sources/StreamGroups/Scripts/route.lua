-- Puts new entries into the partitions of their contacts and moves the group's position behind them, in one step. Any replica may run it.
--
-- The caller has read the entries by a plain command and found their partitions: a script never sees what an entry holds, since every text that
-- Lua sees costs it time that a producer can choose. IDs only grow, so what the caller read behind `from` is all there is up to its last entry.
-- Where another replica was first, the entries up to the position are passed over; what the caller read of the rest is still all there is.
--
-- The owners of the partitions that got something learn of it: the caller by the answer, others by their dirty set and bell. A caller that has
-- read all of a partition that it owns has its new entries in hand already. It says up to where it has read, and the last entry that anybody
-- routed there is noted: only when they are the same has nothing escaped it.
-- KEYS: stream, state, leases, hands, suspects   ARGV: group, member, incarnation, key rule, the entries that may be pending, `from`, how many
-- entries the stream had passed there ('' if the caller does not say), then three lists, each with its length before it: partitions whose
-- entries the caller has planned; entries and their partitions; partitions that the caller has read to their end with lease and last ID (0-0)
-- Answer: entries, 1 if too many are pending, the position, the caller's partitions to fetch (-1 for all from their beginning, see adopt), the
-- partitions whose new entries are in the caller's hand, entries passed at the position as far as they are known or -1, entries passed as Redis
-- counts what was added or -1, entries that were gone before they could be routed
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[2], '-')
local mistake = incarnation_error(KEYS[2], ARGV[3])
local state = redis.call('HMGET', KEYS[2], 'partitions', 'rule', 'adopt', 'position', 'read')
local partitions, rule, before, read = tonumber(state[1] or '0'), state[2], state[4], state[5]
if partitions == 0 then return redis.error_reply('UNOPENED the state of the group is gone') end
if mistake then return mistake end
if rule ~= ARGV[4] then return redis.error_reply('KEYRULE ' .. string.gsub(rule, '\n', ', ')) end

local at = 8
local function items(width)
  local list, length = {}, tonumber(ARGV[at])
  for i = 0, length - 1 do list[#list + 1] = at + 1 + i * width end
  at = at + 1 + length * width
  return list
end
local planned = items(1)
if #planned > 0 then redis.call('HDEL', KEYS[4], unpack(ARGV, planned[1], planned[#planned])) end
local entries, ends = items(2), items(3)

local pending = redis.call('XPENDING', KEYS[1], ARGV[1])
local in_partitions, has_foreign = pending_in(pending, partitions)
if state[3] or has_foreign then
  redis.call('HSET', KEYS[2], 'adopt', '1')
  return redis.error_reply('ADOPT another program has pending entries')
end
local info = group_of(KEYS[1], ARGV[1])
local position = info['last-delivered-id']

if before and is_after(before, position) then
  -- The position was set back. What is pending behind it will be routed again, and must not be in a partition twice in one incarnation: an owner
  -- would pass over the second time, and the next one end on it.
  local ids = {}
  for _, item in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '(' .. position, '+', 256)) do ids[#ids + 1] = item[1] end
  if #ids > 0 then redis.call('HINCRBY', KEYS[2], 'ended', redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))) end
  if #ids == 256 then return redis.error_reply('AGAIN the position of the group was set back') end
  redis.call('HSET', KEYS[2], 'position', position)
  redis.call('HDEL', KEYS[2], 'read')
  redis.call('DEL', KEYS[2] .. ':last-routed')
  begin_incarnation(KEYS[2])
  ring_others(KEYS[2], KEYS[2] .. ':members', '', 'leases')
  return redis.error_reply('INCARNATION the position of the group was set back')
end

-- What others have routed to the caller's partitions since it last asked.
local mine, own_unfetched, unread = {}, KEYS[2] .. ':unfetched:' .. ARGV[2], {}
for _, partition in ipairs(redis.call('SMEMBERS', own_unfetched)) do
  mine[#mine + 1] = tonumber(partition)
  unread[mine[#mine]] = true
end
if #mine > 0 then redis.call('DEL', own_unfetched) end
local known = tonumber(read or '-1')
if in_partitions >= tonumber(ARGV[5]) then return { 0, 1, position, mine, {}, known, -1, 0 } end

local gone = 0
if ARGV[6] == position and ARGV[7] ~= '' and ARGV[7] ~= read then
  -- The caller has found that nothing is behind the position: entries that were added and never passed are gone.
  if read then gone = math.max(0, tonumber(ARGV[7]) - known) end
  read, known = ARGV[7], tonumber(ARGV[7])
  move(KEYS[1], ARGV[1], position, read)
  redis.call('HSET', KEYS[2], 'read', read, 'position', position)
end

-- Entries up to the position were routed by another replica. Behind a gap nothing is: the caller looks again.
local first = is_after(ARGV[6], position) and #entries + 1 or 1
while first <= #entries and not is_after(ARGV[entries[first]], position) do first = first + 1 end
if first > #entries then
  local counted = -1
  if #entries == 0 then
    if read and info['lag'] then
      counted = known + info['lag']
    elseif not read then
      counted = added_to(KEYS[1], ARGV[1], position) or -1
    end
  end
  return { 0, 0, position, mine, {}, known, counted, gone }
end

-- Partition to its place among the arguments. Suspects are given out by pull only.
local read_to_end = {}
if not unread[-1] and redis.call('EXISTS', KEYS[5]) == 0 then
  for _, place in ipairs(ends) do
    local partition = tonumber(ARGV[place])
    if not unread[partition] then read_to_end[partition] = place end
  end
end

local claims, touched, names, firsts = {}, {}, {}, {}
for i = first, #entries do
  local id, partition = ARGV[entries[i]], tonumber(ARGV[entries[i] + 1])
  local claim = claims[partition]
  if not claim then
    claim = claim_for(KEYS[1], ARGV[1], partition)
    claims[partition], firsts[partition] = claim, id
    touched[#touched + 1] = partition
    -- Redis writes numbers of Lua with 17 digits, which is slow.
    names[#names + 1] = string.format('%d', partition)
  end
  claim[#claim + 1] = id
end
-- Should what follows be forbidden, it fails here, where nothing is lost by it.
redis.call('XCLAIM', KEYS[1], ARGV[1], consumer_of(0), '0', '0-0', 'JUSTID')
local tails = redis.call('HMGET', KEYS[2] .. ':last-routed', unpack(names))
redis.call('HDEL', KEYS[2] .. ':last-routed', '-')
local count, last = #entries - first + 1, ARGV[entries[#entries]]
if read then
  known = known + count
  read = string.format('%.0f', known)
end
move(KEYS[1], ARGV[1], last, read)
redis.call('HSET', KEYS[2], 'position', last)
if read then redis.call('HSET', KEYS[2], 'read', read) end
local lasts = {}
for partition, claim in pairs(claims) do lasts[partition] = claim[#claim] end
local routed = hand_over(KEYS[2], claims)
redis.call('HINCRBY', KEYS[2], 'routed', routed)
gone = gone + count - routed

local given, hands = {}, {}
for i, record in ipairs(redis.call('HMGET', KEYS[3], unpack(names))) do
  local partition = touched[i]
  local place = read_to_end[partition]
  if place and record == ARGV[place + 1] and (tails[i] or '0-0') == ARGV[place + 2] then
    given[#given + 1] = partition
    hands[#hands + 1] = names[i]
    hands[#hands + 1] = firsts[partition] .. ' ' .. lasts[partition]
  else
    local owner = record and string.match(record, '^%d+ (.+)$')
    if owner == ARGV[2] then
      if not unread[partition] then mine[#mine + 1] = partition end
    elseif owner and owner ~= '-' then
      if redis.call('EXISTS', KEYS[2] .. ':unfetched:' .. owner) == 0 then notify(KEYS[2], owner, 'routed') end
      mark(KEYS[2], owner, names[i])
    end
  end
end
-- What the owner has in hand and has not planned yet, as pull notes it.
if #hands > 0 then redis.call('HSET', KEYS[4], unpack(hands)) end
return { count, 0, last, mine, given, known, -1, gone }
