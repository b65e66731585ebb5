-- Puts pending entries of consumers that are no partitions into the partitions of their contacts: another program used the group. Before it is
-- done, nothing is routed, so a contact's old entries are in its partition before its new ones. The caller has read what the entries hold by plain
-- commands and found their partitions: see route.
--
-- What was adopted counts as routed. An entry at or below the last one that was routed is not in its order any more, and may have been in a
-- partition before: that is counted, and begins a new incarnation, in which everything that is pending is read again.
-- KEYS: stream, state, leases   ARGV: group, incarnation, key rule, 1 when there is nothing behind the last entry of this call, then for each
-- entry its ID and its partition, or '-' for one that is gone from the stream
-- Answer: entries that were put into partitions, that were gone, that came too late for their order
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[2], '-')
local partitions = tonumber(redis.call('HGET', KEYS[2], 'partitions') or '0')
if partitions == 0 then return redis.error_reply('UNOPENED the state of the group is gone') end
local mistake = incarnation_error(KEYS[2], ARGV[2])
if mistake then return mistake end
local rule = redis.call('HGET', KEYS[2], 'rule')
if rule ~= ARGV[3] then return redis.error_reply('KEYRULE ' .. string.gsub(rule, '\n', ', ')) end

local moved, gone, late, claims = 0, 0, 0, {}
local position = redis.call('HGET', KEYS[2], 'position') or '0-0'
local last = position
for i = 5, #ARGV, 2 do
  local id, partition = ARGV[i], tonumber(ARGV[i + 1])
  local item = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if item and not is_partition(item[2], partitions) then
    if partition then
      claims[partition] = claims[partition] or claim_for(KEYS[1], ARGV[1], partition)
      table.insert(claims[partition], id)
      if not is_after(id, position) then late = late + 1 end
      if is_after(id, last) then last = id end
    else
      redis.call('XACK', KEYS[1], ARGV[1], id)
      gone = gone + 1
    end
  end
end
for partition in pairs(claims) do
  local record = redis.call('HGET', KEYS[3], string.format('%d', partition))
  local owner = record and string.match(record, '^%d+ (.+)$')
  if owner and owner ~= '-' then
    mark(KEYS[2], owner, string.format('%d', partition))
    notify(KEYS[2], owner, 'routed')
  end
end
moved = hand_over(KEYS[2], claims)
redis.call('HINCRBY', KEYS[2], 'routed', moved)
redis.call('HSET', KEYS[2], 'position', last)
if late > 0 then
  begin_incarnation(KEYS[2])
  ring_others(KEYS[2], KEYS[2] .. ':members', '', 'leases')
end
if ARGV[4] == '1' then redis.call('HDEL', KEYS[2], 'adopt') end
return { moved, gone, late }
