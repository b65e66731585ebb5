-- Reads what waits in partitions: the pending entries of their consumers, in the order of their IDs. A partition's lease is its fence.
--
-- Entries that two processes did not survive are suspects. A suspect is given out alone, and its count is raised before that: when this process
-- dies too, the count stays. The caller lowers it when the entry was handled and the process is still there.
-- KEYS: stream, leases, hands, suspects   ARGV: group, how many entries in all, then for each partition: its number, lease, ID to read after,
-- count, and 1 if a suspect may be given out
-- Answer: for each partition, as far as it came, false if the caller does not own it; else its entries, the deaths that the one suspect among them was present at
-- (0 for none), 1 if a suspect waits. An entry without fields was trimmed or deleted while it was pending.
local function is_after(a, b)
  local a1, a2 = string.match(a, '^(%d+)-(%d+)$')
  local b1, b2 = string.match(b, '^(%d+)-(%d+)$')
  a1, a2, b1, b2 = tonumber(a1), tonumber(a2), tonumber(b1), tonumber(b2)
  return a1 > b1 or (a1 == b1 and a2 > b2)
end

local answer, has_suspects = {}, redis.call('EXISTS', KEYS[4]) == 1
local given, left, names, hands = false, tonumber(ARGV[2]), {}, {}
for i = 3, #ARGV, 5 do names[#names + 1] = ARGV[i] end
local leases, before = redis.call('HMGET', KEYS[2], unpack(names)), redis.call('HMGET', KEYS[3], unpack(names))
for i = 3, #ARGV, 5 do
  if left <= 0 then break end
  local partition, lease, after, count, may_suspect = unpack(ARGV, i, i + 4)
  local turn = #answer + 1
  if leases[turn] ~= lease then
    answer[turn] = false
  else
    local consumer = string.format('p%02d', tonumber(partition))
    local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], consumer, 'COUNT', math.min(tonumber(count), left), 'STREAMS', KEYS[1], after)
    local entries, deaths, waits = read and read[1][2] or {}, 0, 0
    if has_suspects then
      for j, entry in ipairs(entries) do
        local seen = tonumber(redis.call('HGET', KEYS[4], entry[1]) or '0')
        if seen >= 2 then
          local keep = j - 1
          if j == 1 and may_suspect == '1' and not given then
            redis.call('HINCRBY', KEYS[4], entry[1], 1)
            keep, deaths, given = 1, seen, true
          else
            waits = 1
          end
          while #entries > keep do table.remove(entries) end
          break
        end
      end
    end
    if #entries > 0 then
      -- How far this owner has read: should it die, these were in its hand.
      local last = entries[#entries][1]
      if not before[turn] or is_after(last, before[turn]) then
        hands[#hands + 1] = partition
        hands[#hands + 1] = last
      end
    end
    left = left - #entries
    answer[turn] = { entries, deaths, waits }
  end
end
if #hands > 0 then redis.call('HSET', KEYS[3], unpack(hands)) end
return answer
