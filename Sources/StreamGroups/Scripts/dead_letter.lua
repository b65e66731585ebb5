-- Adds a dead letter and acknowledges its entry, in one step. An entry that is no longer pending was moved before: repeating the call after a
-- lost answer changes nothing. The caller has read what the entry holds, and gives at most a few fields of it: see route.
-- KEYS: stream, state, leases, suspects, dead-letter stream, and the stream of receipts where some are written
-- ARGV: group, incarnation, partition, lease, ID, maximum length, the length of the stream of receipts, the receipt, then the fields that say why
-- and those of the entry
-- Answer: the ID in the dead-letter stream, how many of the oldest letters its length pushed out, and how many receipts could not be written; or
-- false when there was nothing to move
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[4], '-')
local mistake = incarnation_error(KEYS[2], ARGV[2])
if mistake then return mistake end
if redis.call('HGET', KEYS[3], ARGV[3]) ~= ARGV[4] then return redis.error_reply('FENCED ' .. ARGV[3]) end
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[5], ARGV[5], 1) == 0 then return false end

-- The letter first: a script that fails half-way keeps what it did, and an entry without a letter would be lost.
local before = redis.pcall('XLEN', KEYS[5])
local letter = redis.pcall('XADD', KEYS[5], 'MAXLEN', '~', ARGV[6], '*', unpack(ARGV, 9))
if type(letter) == 'table' and letter.err then
  return redis.error_reply('DEADLETTERS ' .. KEYS[5] .. ' takes no letter: ' .. letter.err)
end
redis.call('HINCRBY', KEYS[2], 'ended', redis.call('XACK', KEYS[1], ARGV[1], ARGV[5]))
redis.call('HDEL', KEYS[4], ARGV[5])
local failed = KEYS[6] and unwritten_receipt(KEYS[6], ARGV[7], ARGV[8]) or 0
return { letter, before + 1 - redis.call('XLEN', KEYS[5]), failed }
