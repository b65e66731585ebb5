-- Says what waits in partitions: the pending entries of their consumers, in the order of their IDs. A partition's lease is its fence. The caller
-- reads what they hold by a plain command: see route.
--
-- Entries that two processes did not survive are suspects. A suspect is given out alone, and its count is raised before that: when this process
-- dies too, the count stays. The caller lowers it when the entry was handled and the process is still there.
-- KEYS: stream, state, leases, hands, suspects   ARGV: group, incarnation, how many entries in all, how many partitions follow whose entries the
-- caller has planned, these, then for each partition: its number, lease, ID to read after, count, and 1 if a suspect may be given out
-- Answer: for each partition, as far as it came, false if the caller does not own it; else how many entries, the last one's ID or false, the
-- deaths that the one suspect among them was present at (0 for none), 1 if a suspect waits
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[4], '-')
local mistake = incarnation_error(KEYS[2], ARGV[2])
if mistake then return mistake end
local planned = tonumber(ARGV[4])
if planned > 0 then redis.call('HDEL', KEYS[4], unpack(ARGV, 5, 4 + planned)) end

local answer, has_suspects = {}, redis.call('EXISTS', KEYS[5]) == 1
local given, left, names, hands = false, tonumber(ARGV[3]), {}, {}
for i = 5 + planned, #ARGV, 5 do names[#names + 1] = ARGV[i] end
local leases = #names > 0 and redis.call('HMGET', KEYS[3], unpack(names)) or {}
for i = 5 + planned, #ARGV, 5 do
  if left <= 0 then break end
  local partition, lease, after, count, may_suspect = unpack(ARGV, i, i + 4)
  local turn = #answer + 1
  if leases[turn] ~= lease then
    answer[turn] = false
  else
    local consumer = string.format('p%02d', tonumber(partition))
    local entries = redis.call('XPENDING', KEYS[1], ARGV[1], '(' .. after, '+', math.min(tonumber(count), left), consumer)
    local keep, deaths, waits = #entries, 0, 0
    if has_suspects then
      for j, entry in ipairs(entries) do
        local seen = tonumber(redis.call('HGET', KEYS[5], entry[1]) or '0')
        if seen >= 2 then
          keep = j - 1
          if j == 1 and may_suspect == '1' and not given then
            redis.call('HINCRBY', KEYS[5], entry[1], 1)
            keep, deaths, given = 1, seen, true
          else
            waits = 1
          end
          break
        end
      end
    end
    if keep > 0 then
      -- What the owner has in hand from now on: should it die before it has planned it, one of these may be to blame.
      hands[#hands + 1] = partition
      hands[#hands + 1] = entries[1][1] .. ' ' .. entries[keep][1]
    end
    left = left - keep
    answer[turn] = { keep, keep > 0 and entries[keep][1], deaths, waits }
  end
end
if #hands > 0 then redis.call('HSET', KEYS[4], unpack(hands)) end
return answer
