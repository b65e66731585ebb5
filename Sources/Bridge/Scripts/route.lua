-- Takes new entries and hands each to the partition of its contact, in one step: nothing ever stays with the reading consumer.
-- KEYS: stream, state   ARGV: group, epoch, partitions, count, window, bytes that an entry may have, then the dot paths of the contact key
-- Answer: entries, 1 if the window was full, the last ID or false, bytes, the partitions that got some
--
-- The contact key is the one that the bridge's lanes use: EntryDecoder and ContactKeyRule in Swift have the rules in words, and a test holds
-- the two together. What cannot be read has no key here; its own ID stands for it, and the bridge dead-letters it.
local epoch = redis.call('HGET', KEYS[2], 'epoch')
if not epoch then return redis.error_reply('UNOPENED the state of the group is gone') end
if epoch ~= ARGV[2] then return redis.error_reply('FENCED ' .. epoch) end

local partitions, count, window, most = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
if redis.call('XPENDING', KEYS[1], ARGV[1])[1] >= window then return { 0, 1, false, 0, {} } end

local paths = {}
for i = 7, #ARGV do
  local steps = {}
  for step in string.gmatch(ARGV[i], '[^.]+') do steps[#steps + 1] = step end
  if #steps > 0 then paths[#paths + 1] = steps end
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

local function key_of_event(event)
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

local function key_of_json(text)
  local object = decode(text)
  if not object then return nil end
  if object.batch == nil or type(object.type) == 'string' then return key_of_event(object) end
  if type(object.batch) ~= 'table' then return nil end
  local key
  for i, event in ipairs(object.batch) do
    if type(event) ~= 'table' then return nil end
    local own = key_of_event(event)
    if i > 1 and own ~= key then return nil end
    key = own
  end
  return key
end

local function begins_as_object(text) return text and string.find(text, '^[ \t\r\n]*{') end

local function key_of(fields)
  local first, bytes = {}, 0
  for i = 1, #fields, 2 do
    bytes = bytes + #fields[i + 1]
    if first[fields[i]] == nil then first[fields[i]] = fields[i + 1] end
  end
  if bytes > most then return nil, bytes end
  for _, name in ipairs({ 'event', 'data', 'payload', 'message', 'json', 'body' }) do
    if begins_as_object(first[name]) then return key_of_json(first[name]), bytes end
  end
  if first.type then
    for _, name in ipairs({ 'traits', 'properties', 'context', 'integrations' }) do
      if first[name] then first[name] = decode(first[name]) end
    end
    return key_of_event(first), bytes
  end
  if #fields == 2 and begins_as_object(fields[2]) then return key_of_json(fields[2]), bytes end
  return nil, bytes
end

local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], 'router', 'COUNT', count, 'STREAMS', KEYS[1], '>')
if not read then return { 0, 0, false, 0, {} } end

local entries, total, claims, touched = read[1][2], 0, {}, {}
for _, entry in ipairs(entries) do
  local key, bytes = key_of(entry[2])
  total = total + bytes
  local partition = tonumber(string.sub(redis.sha1hex(key or entry[1]), 1, 8), 16) % partitions
  if not claims[partition] then
    claims[partition] = {}
    touched[#touched + 1] = partition
  end
  table.insert(claims[partition], entry[1])
end
for partition, ids in pairs(claims) do
  local arguments = { KEYS[1], ARGV[1], string.format('p%02d', partition), 0 }
  for _, id in ipairs(ids) do arguments[#arguments + 1] = id end
  arguments[#arguments + 1] = 'JUSTID'
  redis.call('XCLAIM', unpack(arguments))
end
return { #entries, 0, entries[#entries][1], total, touched }
