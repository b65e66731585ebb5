-- Gives out permits to start requests: the one limiter of all replicas that use an API key. A generic cell rate algorithm by this server's clock:
-- each permit is good from its own instant on, one interval after the one before it, so that no second holds more than the limit.
--
-- What Loops has told (its limit, refusals, what other clients use) comes in with the calls and is kept here for everybody.
-- KEYS: limiter, then the leases of the stream whose entry would start (left out on a cluster, where they may live elsewhere)
-- ARGV: permits wanted, most requests a second by the configuration (0: as Loops says), limit that Loops told ('' for nothing new),
-- 1 if Loops refused a request for its rate, 1 if Loops is back after an outage, requests a second that other clients use ('' for nothing new),
-- then partition and lease of the entry
-- Answer: permits, microseconds until the first is good, microseconds between two, permits ever given out, limit, rate in use,
-- 1 if the lease is another's by now
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[1], '-')
local FIRST_LIMIT = 10    -- until Loops has told its own
local SHARE = 0.98        -- of the limit: the rest absorbs the jitter of the way, which can push one request more into a window
local LEAST = 0.1         -- of the limit is used whatever others do
local CLIMB = 0.05        -- of the rate a second, after it was cut
local CUT, FLOOR = 0.7, 0.05
local TRIFLE = 0.95       -- what the first refusal after a quiet time leaves: jitter, most likely
local AFTER_OUTAGE = 0.2
local HALF_LIFE = 5       -- seconds in which half of what others used is taken back

local wanted, cap, told, refused, back, others = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4] == '1', ARGV[5] == '1', ARGV[6]
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local state = {}
local list = redis.call('HGETALL', KEYS[1])
for i = 1, #list, 2 do state[list[i]] = tonumber(list[i + 1]) end
local changed = {}
local function set(name, value)
  state[name] = value
  changed[#changed + 1] = name
  changed[#changed + 1] = string.format('%.17g', value)
end
-- An instant of the future comes from another clock, before a failover: it must not stop everything.
local function past(name) return math.min(state[name] or 0, now) end

if told ~= '' and tonumber(told) > 0 and tonumber(told) ~= state.limit then set('limit', tonumber(told)) end
local limit = state.limit or FIRST_LIMIT
if cap > 0 then limit = math.min(limit, cap) end

if others ~= '' then
  local before = (state.others or 0) * 0.5 ^ ((now - past('others_at')) / 1e6 / HALF_LIFE)
  set('others', math.max(before, tonumber(others)))
  set('others_at', now)
end
local used_by_others = (state.others or 0) * 0.5 ^ ((now - past('others_at')) / 1e6 / HALF_LIFE)

local factor = math.min(1, (state.factor or 1) + (now - past('factor_at')) / 1e6 * CLIMB)
-- One burst of refusals is one refusal.
if refused and now - past('refused_at') > 1e6 then
  local level = now - past('refused_at') < 10e6 and math.min((state.level or 0) + 1, 6) or 1
  factor = math.max(FLOOR, factor * (level == 1 and TRIFLE or CUT))
  set('level', level)
  set('refused_at', now)
  set('factor', factor)
  set('factor_at', now)
  -- The window is full: a part of it at first, then more than a whole one, and ever more.
  set('pause', now + (level == 1 and 0.25e6 or 1.1e6 * 2 ^ (level - 2)))
end
if back and factor > AFTER_OUTAGE then
  factor = AFTER_OUTAGE
  set('factor', factor)
  set('factor_at', now)
end

local rate = math.max(limit * LEAST, limit - used_by_others) * SHARE * factor
local interval = math.ceil(1e6 / rate)

local is_others = #KEYS > 1 and redis.call('HGET', KEYS[2], ARGV[7]) ~= ARGV[8]
if is_others then wanted = 0 end

local next = state.next or 0
if next > now + 2e6 + 256 * interval then next = now end
local pause = state.pause or 0
if pause > now + 60e6 then pause = now end
local first = math.max(next, now, pause)
if wanted > 0 then
  set('next', first + wanted * interval)
  set('given', (state.given or 0) + wanted)
end
if #changed > 0 then
  redis.call('HSET', KEYS[1], unpack(changed))
  -- Nothing of it is worth keeping once nobody sends any more.
  redis.call('PEXPIRE', KEYS[1], 3600000)
end
return { wanted, first - now, interval, state.given or 0, tostring(limit), tostring(rate), is_others and 1 or 0 }
