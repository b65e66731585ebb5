-- Begins the scripts that put entries into partitions: the pending lists of the group's consumers p00, p01, …
local function consumer_of(partition) return string.format('p%02d', partition) end

-- The beginning of the call that puts entries into a partition, also those that are nobody's yet: their IDs follow.
local function claim_for(stream, group, partition) return { stream, group, consumer_of(partition), '0' } end

-- Puts entries into their partitions, and notes the last one of each partition before: see route. `claims` is partition to call, see `claim_for`;
-- the calls cannot be used again.
-- Returns how many are in their partitions: since Redis 7.0, an entry that is gone from the stream meanwhile is claimed by nobody.
local function hand_over(state, claims)
  local tails, count = {}, 0
  for partition, call in pairs(claims) do
    tails[#tails + 1] = string.format('%d', partition)
    tails[#tails + 1] = call[#call]
  end
  if #tails > 0 then redis.call('HSET', state .. ':last-routed', unpack(tails)) end
  for _, call in pairs(claims) do
    call[#call + 1] = 'FORCE'
    call[#call + 1] = 'JUSTID'
    count = count + #redis.call('XCLAIM', unpack(call))
  end
  return count
end
