-- Puts the entry of a dead letter back at the end of its stream and removes the letter, in one step. A letter that is gone was replayed or
-- dropped before: repeating the call after a lost answer adds nothing.
--
-- Which entry is a copy of which is remembered for a while, so that a later replay does not take an old event's copy for a newer event, nor the
-- copy of a copy.
-- KEYS: dead-letter stream, stream, replayed   ARGV: letter's ID, the number of fields that say why, the name of the last of them, the
-- entry's ID as it was, fields that a letter holds at the most, copies that are remembered, for how many milliseconds
-- Answer: the ID of the new entry, or false when there is no letter
local letter = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not letter then return false end
local head, fields, own = 2 * tonumber(ARGV[2]), letter[2], {}
if fields[head - 1] ~= ARGV[3] then return redis.error_reply('NOTALETTER ' .. ARGV[1] .. ' is no dead letter of this program') end
for i = head + 1, #fields do own[#own + 1] = fields[i] end
if #own == 0 or #own > 2 * tonumber(ARGV[5]) then
  return redis.error_reply('INCOMPLETE ' .. ARGV[1] .. ' does not hold the whole entry')
end
-- A copy that is not remembered would be taken for a newer event by later replays, which then would not come to an end.
if redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[6]) then
  return redis.error_reply('FULL ' .. ARGV[6] .. ' replayed entries are remembered, and no more can be: they are forgotten a month after the last replay')
end
-- The entry first: a script that fails half-way keeps what it did, and a letter without its entry would be lost.
local id = redis.pcall('XADD', KEYS[2], '*', unpack(own))
if type(id) == 'table' and id.err then return id end
redis.call('XDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[3], id, ARGV[4])
redis.call('PEXPIRE', KEYS[3], ARGV[7])
return id
