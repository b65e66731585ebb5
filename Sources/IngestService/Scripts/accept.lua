-- Adds events to a stream, those that are not known yet: all of the call, or nothing of it.
--
-- Known is what was added today or yesterday, by Redis' clock: 65,536 small hashes a day, of which the caller names those that its events belong to.
-- All reasons to refuse come before the first write. The first write is one that a full memory refuses, and a Redis whose memory is full lets a
-- script go on that has written. It is made by every call that is accepted, so that WAIT after it counts replicas that have the entries, also when
-- a call repeats another one.
-- KEYS: stream, counters, then for each bucket in use: its hash of today, its hash of yesterday
-- ARGV: deadline (milliseconds since 1970), today's number (days since 1970), the most entries that the stream may have (0 for any), how many
-- seconds a hash is kept, then for each event: the number of its bucket in this call (from 1), its field, the event
-- Answer: what was done ('accepted', or 'late', 'day', 'full' for nothing), the time (milliseconds since 1970), the stream's length, then of the
-- events that were known: their numbers in this call (from 0)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local length = redis.call('XLEN', KEYS[1])
local count = (#ARGV - 4) / 3
local most = tonumber(ARGV[3])
if now > tonumber(ARGV[1]) then return { 'late', now, length } end
if math.floor(time[1] / 86400) ~= tonumber(ARGV[2]) then return { 'day', now, length } end
if most > 0 and count > 0 and length + count > most then return { 'full', now, length } end

redis.call('HINCRBY', KEYS[2], 'calls', 1)
local answer = { 'accepted', now, 0 }
local added = 0
for i = 5, #ARGV, 3 do
  local bucket, field = tonumber(ARGV[i]), ARGV[i + 1]
  local today, yesterday = KEYS[1 + 2 * bucket], KEYS[2 + 2 * bucket]
  if redis.call('HEXISTS', today, field) == 1 or redis.call('HEXISTS', yesterday, field) == 1 then
    answer[#answer + 1] = (i - 5) / 3
  else
    -- In this order: what is known and was not added would be lost.
    redis.call('XADD', KEYS[1], '*', 'event', ARGV[i + 2])
    redis.call('HSET', today, field, '')
    if redis.call('HLEN', today) == 1 then redis.call('EXPIRE', today, ARGV[4]) end
    added = added + 1
  end
end
if added > 0 then redis.call('HINCRBY', KEYS[2], 'added', added) end
if count > added then redis.call('HINCRBY', KEYS[2], 'duplicates', count - added) end
answer[3] = length + added
return answer
