-- Begins the scripts that hand entries to partitions: which contact an entry belongs to, and which partition a contact.
--
-- The contact key is the one that the bridge's lanes use: EntryDecoder and ContactKeyRule in Swift have the rules in words, and a test holds
-- the two together. What cannot be read has no key here; its own ID stands for it, and the bridge dead-letters it.

-- The dot paths of the rule, one a line. A first step that JSON can spell in one way only, but for \u escapes, has a token.
local function paths_of(rule)
  local paths = {}
  for path in string.gmatch(rule, '[^\n]+') do
    local steps = {}
    for step in string.gmatch(path, '[^.]+') do steps[#steps + 1] = step end
    if #steps > 0 then
      if string.find(steps[1], '^[%w_-]+$') then steps.token = '"' .. steps[1] .. '"' end
      paths[#paths + 1] = steps
    end
  end
  return paths
end

-- cjson refuses halves of surrogate pairs, which JSON allows: they become U+FFFD, as in Swift.
local function mend(text)
  local out, at = {}, 1
  while true do
    local i = string.find(text, '\\', at, true)
    if not i then
      out[#out + 1] = string.sub(text, at)
      return table.concat(out)
    end
    out[#out + 1] = string.sub(text, at, i - 1)
    if string.find(text, '^\\u[dD][89abAB]%x%x\\u[dD][c-fC-F]%x%x', i) then
      out[#out + 1] = string.sub(text, i, i + 11)
      at = i + 12
    elseif string.find(text, '^\\u[dD][89a-fA-F]%x%x', i) then
      out[#out + 1] = '\\uFFFD'
      at = i + 6
    else
      out[#out + 1] = string.sub(text, i, i + 1)
      at = i + 2
    end
  end
end

local function decode(text)
  local good, value = pcall(cjson.decode, text)
  if not good then good, value = pcall(cjson.decode, mend(text)) end
  if good and type(value) == 'table' then return value end
  return nil
end

local function key_of_event(event, paths)
  for _, steps in ipairs(paths) do
    local value = event
    for _, step in ipairs(steps) do
      if type(value) ~= 'table' then
        value = nil
        break
      end
      value = value[step]
    end
    if type(value) == 'string' and value ~= '' then return value end
    if type(value) == 'number' and value == math.floor(value) and math.abs(value) < 9007199254740992 then
      return value == 0 and '0' or string.format('%.0f', value)
    end
  end
  return nil
end

-- Whether what stands here, outside of strings, belongs to the outermost object. No escape may come before it.
local function is_outermost(text, at)
  local nested = string.find(text, '{', string.find(text, '{', 1, true) + 1, true)
  if not nested or nested > at then return true end
  local braces = string.gsub(string.sub(text, 1, at - 1), '"[^"]*"', '')
  return select(2, string.gsub(braces, '{', '')) - select(2, string.gsub(braces, '}', '')) == 1
end

-- The key of an event that says it in plain sight. To decode a whole event is a quarter of what routing it costs.
--
-- A key only where decoding can find no other one, nil for all else: in JSON without \u, what reads "userId" behind no escape and before a colon is a
-- name, and the only one that says so. Where the text is no JSON at all, this may find a key: the bridge dead-letters it wherever it lies.
local function key_in_sight(text, paths)
  if string.find(text, '\\u', 1, true) or string.find(text, '"batch"', 1, true) then return nil end
  for _, steps in ipairs(paths) do
    if not steps.token then return nil end
    local at, last = string.find(text, steps.token, 1, true)
    if at then
      if #steps > 1 or string.find(text, steps.token, last, true) then return nil end
      local escape = string.find(text, '\\', 1, true)
      if escape and escape < at or not is_outermost(text, at) then return nil end
      return string.match(text, '^[ \t\r\n]*:[ \t\r\n]*"([^"\\]+)"', last + 1)
    end
  end
  return nil
end

local function key_of_json(text, paths)
  local key = key_in_sight(text, paths)
  if key then return key end
  local object = decode(text)
  if not object then return nil end
  if object.batch == nil or type(object.type) == 'string' then return key_of_event(object, paths) end
  if type(object.batch) ~= 'table' then return nil end
  for i, event in ipairs(object.batch) do
    if type(event) ~= 'table' then return nil end
    local own = key_of_event(event, paths)
    if i > 1 and own ~= key then return nil end
    key = own
  end
  return key
end

local function begins_as_object(text) return text and string.find(text, '^[ \t\r\n]*{') end

local JSON_FIELDS = { 'event', 'data', 'payload', 'message', 'json', 'body' }
local OBJECT_FIELDS = { 'traits', 'properties', 'context', 'integrations' }

-- The contact key of an entry, or nil, and the bytes of its values. An entry with more bytes than `most` is not read.
local function key_of(fields, paths, most)
  -- Most entries have one field, and its name does not matter then.
  if #fields == 2 and fields[1] ~= 'type' and begins_as_object(fields[2]) then
    local bytes = #fields[2]
    if bytes > most then return nil, bytes end
    return key_of_json(fields[2], paths), bytes
  end
  local first, bytes = {}, 0
  for i = 1, #fields, 2 do
    bytes = bytes + #fields[i + 1]
    if first[fields[i]] == nil then first[fields[i]] = fields[i + 1] end
  end
  if bytes > most then return nil, bytes end
  for _, name in ipairs(JSON_FIELDS) do
    if begins_as_object(first[name]) then return key_of_json(first[name], paths), bytes end
  end
  if first.type then
    for _, name in ipairs(OBJECT_FIELDS) do
      if first[name] then first[name] = decode(first[name]) end
    end
    return key_of_event(first, paths), bytes
  end
  return nil, bytes
end

local function partition_of(id, key, partitions)
  return tonumber(string.sub(redis.sha1hex(key or id), 1, 8), 16) % partitions
end

local function consumer_of(partition) return string.format('p%02d', partition) end

-- The beginning of the call that hands entries to a partition, also those that are nobody's yet: their IDs follow.
local function claim_for(stream, group, partition) return { stream, group, consumer_of(partition), '0' } end

-- Hands entries over, and notes the last one of each partition before: see route. `claims` is partition to call, see `claim_for`; the calls cannot
-- be used again.
local function hand_over(state, claims)
  local tails = {}
  for partition, call in pairs(claims) do
    tails[#tails + 1] = string.format('%d', partition)
    tails[#tails + 1] = call[#call]
  end
  if #tails > 0 then redis.call('HSET', state .. ':tails', unpack(tails)) end
  for _, call in pairs(claims) do
    call[#call + 1] = 'FORCE'
    call[#call + 1] = 'JUSTID'
    redis.call('XCLAIM', unpack(call))
  end
end

