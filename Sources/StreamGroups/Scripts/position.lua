-- Begins the scripts that read or move the group's position: the ID up to which the group has read.

-- Whether one ID comes after another. Compared as texts: as numbers of Lua, milliseconds above 2^53 would be rounded.
local function is_after(a, b)
  local a1, a2 = string.match(a, '^(%d+)-(%d+)$')
  local b1, b2 = string.match(b, '^(%d+)-(%d+)$')
  if a1 ~= b1 then return #a1 > #b1 or (#a1 == #b1 and a1 > b1) end
  return #a2 > #b2 or (#a2 == #b2 and a2 > b2)
end

-- One less than a number in digits, which is not 0.
local function decrement(digits)
  local head, tail = string.match(digits, '^(%d-)([1-9]0*)$')
  local less = tostring(tonumber(string.sub(tail, 1, 1)) - 1) .. string.rep('9', #tail - 1)
  return string.match(head .. less, '^0*(%d+)$')
end

-- The ID right before another one.
local function id_before(id)
  local ms, sequence = string.match(id, '^(%d+)-(%d+)$')
  if sequence ~= '0' then return ms .. '-' .. decrement(sequence) end
  if ms == '0' then return id end
  return decrement(ms) .. '-18446744073709551615'
end

-- What Redis says of the group; nil when it is not there.
local function group_of(stream, name)
  for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local group = {}
    for i = 1, #info, 2 do group[info[i]] = info[i + 1] end
    if group['name'] == name then return group end
  end
end

-- Moves the group's position. `read`: how many entries of the stream have been passed by then, which Redis' lag needs since 7.0; false where
-- that is unknown, or the server does not count.
local function move(stream, group, id, read)
  if read then
    return redis.call('XGROUP', 'SETID', stream, group, id, 'ENTRIESREAD', read)
  end
  return redis.call('XGROUP', 'SETID', stream, group, id)
end

-- How many entries were ever added to the stream; nil before Redis 7.0, and where entries were deleted that the group has not passed. Asked
-- through the group's lag: XINFO STREAM would bring the contents of two entries into Lua. What the group has passed is unknown to Redis after it.
local function added_to(stream, group, position)
  local answer = redis.pcall('XGROUP', 'SETID', stream, group, position, 'ENTRIESREAD', '0')
  if type(answer) == 'table' and answer.err then return nil end
  local lag = group_of(stream, group)['lag']
  redis.call('XGROUP', 'SETID', stream, group, position)
  return lag or nil
end

-- Whether a consumer of the group is one of its partitions.
local function is_partition(consumer, partitions)
  local digits = string.match(consumer, '^p(%d%d+)$')
  return digits and (#digits == 2 or string.byte(digits) ~= 48) and tonumber(digits) < partitions
end

-- How many entries are pending in partitions, and whether others have some: another program read in the group. From a summary of XPENDING.
local function pending_in(summary, partitions)
  local count, has_foreign = 0, false
  for _, consumer in ipairs(summary[4] or {}) do
    if is_partition(consumer[1], partitions) then count = count + tonumber(consumer[2]) else has_foreign = true end
  end
  return count, has_foreign
end
