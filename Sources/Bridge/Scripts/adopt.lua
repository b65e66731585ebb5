-- Hands pending entries of consumers that are no partitions to the partitions of their contacts: a group that another program used. Before
-- it is done, nothing is routed, so a contact's old entries are in its partition before its new ones. When it is done, the other members find
-- -1 among their dirty partitions: theirs may have got entries that are older than what they have read.
-- KEYS: stream, state, members   ARGV: group, key rule, count, bytes that an entry may have, the ID to go on after, member
-- Answer: entries handed over, entries that were gone from the stream, the ID to go on after or false when done
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[2], '-')
local partitions = tonumber(redis.call('HGET', KEYS[2], 'partitions') or '0')
if partitions == 0 then return redis.error_reply('UNOPENED the state of the group is gone') end
local rule = redis.call('HGET', KEYS[2], 'rule')
if rule ~= ARGV[2] then return redis.error_reply('KEYRULE ' .. string.gsub(rule, '\n', ', ')) end

local count, most, paths = tonumber(ARGV[3]), tonumber(ARGV[4]), paths_of(ARGV[2])
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], '(' .. ARGV[5], '+', count)
local moved, gone, claims = 0, 0, {}
for _, item in ipairs(pending) do
  local number = tonumber(string.match(item[2], '^p(%d%d+)$'))
  if not (number and number < partitions) then
    local entry = redis.call('XRANGE', KEYS[1], item[1], item[1])[1]
    if entry then
      local key = key_of(entry[2], paths, most)
      local partition = partition_of(item[1], key, partitions)
      claims[partition] = claims[partition] or claim_for(KEYS[1], ARGV[1], partition)
      table.insert(claims[partition], item[1])
      moved = moved + 1
    else
      redis.call('XACK', KEYS[1], ARGV[1], item[1])
      gone = gone + 1
    end
  end
end
hand_over(KEYS[2], claims)
if #pending < count then
  redis.call('HDEL', KEYS[2], 'adopt')
  for _, member in ipairs(redis.call('HKEYS', KEYS[3])) do
    if member ~= ARGV[6] then mark(KEYS[2], member, '-1') end
  end
  ring_others(KEYS[2], KEYS[3], ARGV[6], 'routed')
  return { moved, gone, false }
end
return { moved, gone, pending[#pending][1] }
