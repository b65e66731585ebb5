-- Moves an entry to the dead-letter stream and acknowledges it, in one step. An entry that is no longer pending was moved before: repeating
-- the call after a lost answer changes nothing.
-- KEYS: stream, leases, suspects, dead-letter stream   ARGV: group, partition, lease, ID, maximum length, then the fields that say why
-- Answer: the ID in the dead-letter stream and how many of the oldest letters its length pushed out, or false when there was nothing to move
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[3], '-')
if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[3] then return redis.error_reply('FENCED ' .. ARGV[2]) end
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[4], ARGV[4], 1) == 0 then return false end

local fields = {}
for i = 6, #ARGV do fields[#fields + 1] = ARGV[i] end
local entry = redis.call('XRANGE', KEYS[1], ARGV[4], ARGV[4])[1]
if entry then
  -- Lua cannot pass more than some thousands of arguments; what is beyond stays behind, and the letter says so.
  local most = 3000
  for i = 1, math.min(#entry[2], most) do fields[#fields + 1] = entry[2][i] end
  if #entry[2] > most then
    fields[#fields + 1] = 'fieldsLeftOut'
    fields[#fields + 1] = tostring((#entry[2] - most) / 2)
  end
end
-- The letter first: a script that fails half-way keeps what it did, and an entry without a letter would be lost.
local before = redis.pcall('XLEN', KEYS[4])
local letter = redis.pcall('XADD', KEYS[4], 'MAXLEN', '~', ARGV[5], '*', unpack(fields))
if type(letter) == 'table' and letter.err then
  return redis.error_reply('DEADLETTERS ' .. KEYS[4] .. ' takes no letter: ' .. letter.err)
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[4])
redis.call('HDEL', KEYS[3], ARGV[4])
return { letter, before + 1 - redis.call('XLEN', KEYS[4]) }
