-- Gives out permits to start requests: the one limiter of all replicas that use an API key. A generic cell rate algorithm: each permit is good
-- from its own instant on, one interval after the one before it, so that no second holds more than the limit.
--
-- The rate is what the limit leaves, and what Loops takes. Nobody tells what other clients with the key use, nor, perhaps, the limit itself. So a
-- refusal teaches a ceiling: the rate is cut to a little below it, comes back to it along a cubic curve that is flat where the ceiling was, and
-- goes beyond it ever faster when nothing is refused any more. The curve is measured in permits, so that finding out costs less than one refused
-- request in a hundred. Where Loops tells how much of its window is left, and that is a lot for a while, the rate goes up in steps; each step is
-- taken back when less is left than it explains. As long as what Loops tells is true, nothing else needs to be tried: the rate then rests just below
-- the ceiling. The figures come from a simulation: see docs/explanation/rate-limiting.md and `BudgetSimulationTests`.
--
-- KEYS: limiter, then the leases of the stream whose entry would start (left out on a cluster, where they may live elsewhere)
-- ARGV: permits wanted, most requests a second by this replica's configuration (0: as Loops says), limit that Loops told ('' for nothing new),
-- 1 if Loops refused a request for its rate, 1 if Loops is back after an outage, the least that was left of Loops' window ('' for nothing
-- new), microseconds that Loops asks to wait ('' for none), microseconds since this replica's last call ('' for none), then partition and lease
-- Answer: permits, microseconds until the first is good or until it makes sense to ask again, microseconds between two, limit, rate in use, 1 if
-- the lease is another's by now, the lowest configured limit of all replicas (0 for none)
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[1], '-')
local FIRST_LIMIT = 10        -- until Loops has told its own
local SHARE = 0.98            -- of the limit: the rest absorbs the jitter of the way, which can push one request more into a window
local LEAST = 0.5             -- requests a second, whatever is refused
local DOUBLES = 0.7           -- seconds in which the rate doubles while no ceiling is known
local LONG, SHORT = 300, 100  -- permits until the rate is back at the ceiling: of a ceiling that has held, of one that was just found too high
local AHEAD = 0.3e6           -- no permit is given further ahead, so that a cut takes effect soon
local CAP_HELD = 60e6         -- how long a replica's configured limit holds for the others after its last call
local TRIED = 15e6            -- a refusal that soon after a step belongs to the step
local BELIEVED = 5e6          -- what Loops tells of its window is news for so long
local DISBELIEVED = 600e6     -- nothing that it tells is believed for so long after it was wrong
local MOST_WAIT = 600e6       -- the longest pause that Loops may ask for

local wanted, cap, told, refused, back = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4] == '1', ARGV[5] == '1'
local left, pause_for, since_call = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local time = redis.call('TIME')
local clock = time[1] * 1000000 + time[2]

local state = {}
local list = redis.call('HGETALL', KEYS[1])
for i = 1, #list, 2 do state[list[i]] = tonumber(list[i + 1]) end
local changed = {}
local function set(name, value)
  state[name] = value
  changed[#changed + 1] = name
  changed[#changed + 1] = string.format('%.17g', value)
end

-- A time of its own, which never goes back and never leaps: when the server's clock is set back, nothing has passed since the last call; when
-- it is set forward, no more than the caller has seen pass.
local passed = math.max(0, clock - (state.clock or clock))
if since_call and passed > 0.5e6 and since_call + 0.3e6 < passed then passed = since_call end
local now = (state.now or 0) + passed
local seconds = passed / 1e6
set('clock', clock)
set('now', now)

-- The lowest configured limit of the replicas that are there holds for all.
if cap > 0 and (not state.cap or cap <= state.cap or now - state.cap_at > CAP_HELD) then
  set('cap', cap)
  set('cap_at', now)
end
local lowest = state.cap and now - state.cap_at <= CAP_HELD and state.cap or 0
if told ~= '' and tonumber(told) > 0 and tonumber(told) ~= state.limit then set('limit', tonumber(told)) end
local limit = state.limit or FIRST_LIMIT
if lowest > 0 then limit = math.min(limit, lowest) end

local top = limit * SHARE
local function bounded(value) return math.max(math.min(value, top), math.min(LEAST, top)) end
local rate = bounded(state.rate or FIRST_LIMIT * SHARE)
-- The curve: from `low` to `ceiling` (0 while none is known) within `span` permits; `along` of it is behind.
local ceiling, low, along, span = state.ceiling or 0, state.low or 0, state.along or 0, state.span or LONG
local function begin_curve(new_ceiling, new_low, permits)
  ceiling, low, along, span = new_ceiling, bounded(new_low), 0, permits
  rate = low
  set('ceiling', ceiling)
  set('low', low)
  set('span', span)
  set('since', 0)
end
local function forget_ceiling()
  ceiling = 0
  set('ceiling', 0)
end

-- What Loops tells of its window is wrong when it refuses a request although something is left.
local is_wrong = refused and left ~= nil and left >= 2
if left then set('heard', now) end
if is_wrong then set('wrong', now) end
local is_believed = state.heard and now - state.heard < BELIEVED and not (state.wrong and now - state.wrong < DISBELIEVED)

-- Steps: `step` is the rate that they began at, 0 while none is made; `tried` when the last was made, from which rate, under which ceiling.
local step = state.step or 0
local function step_failed(from)
  -- A step that was made because of a wrong figure may have gone half of the way too far.
  local least = is_wrong and (from + rate) / 2 or from / 0.97
  local was = math.min(top, math.max(state.was or 0, least))
  begin_curve(0.97 * was, from * 0.95, from < 0.9 * was and SHORT or LONG)
  step = 0
  local wait = math.min(640, 2 * (state.wait or 10))
  set('wait', wait)
  set('no_step', now + wait * 1e6)
  set('tried', -TRIED)
end

local used = state.last or 0
if ceiling == 0 then
  -- Only what is used shows what Loops takes.
  if used > 0 then rate = bounded(rate * 2 ^ (math.min(seconds, 0.25) / DOUBLES)) end
elseif step == 0 then
  along = along + math.max(used / math.max(span, 10 * ceiling), seconds / 300)
  local beyond = along - 1
  if beyond < 0 then
    rate = bounded(ceiling + (ceiling - low) * beyond ^ 3)
  else
    -- What is free shows in what Loops tells; only without that must it be tried.
    rate = bounded(ceiling * (1 + (is_believed and 0.1 * beyond or 2 * beyond ^ 3)))
  end
  if rate >= top then forget_ceiling() end
end

-- What was left of Loops' window, at the least, while a whole window and some requests passed.
local given_until = math.min(math.max(state.next or 0, now), now + 5e6)
local look_from = state.look or 0
if now >= look_from then
  if left then set('left', math.min(state.left or 1e9, left)) end
  set('used', (state.used or 0) + used)
  local length = (now - look_from) / 1e6
  if length > math.max(1.1, 2.5 / rate) then
    local seen = state.left or 1e9
    -- A rate that is not used shows nothing.
    local is_used = seen < 1e9 and state.used >= 0.7 * rate * length - 1
    local again = now
    if ceiling > 0 and is_used then
      local noise = 0.02 * limit
      -- Between two requests of ours, others may use up so much unseen.
      local needed = 1 + (limit - rate) / rate + noise
      if step > 0 and seen < (state.base or 0) - (rate - step) - 1.5 - noise then
        -- The windows fill up faster than by what is sent: others fill them, or what was left were a bucket's tokens.
        step_failed(step)
      elseif is_believed and seen >= needed and (step > 0 or (state.before or 0) >= needed) and now >= (state.no_step or 0) then
        if step == 0 then
          step = rate
          set('base', seen)
          set('from', rate)
          set('was', ceiling)
        end
        rate = bounded(rate + math.min(0.5 * rate + 0.5, seen - 1))
        if rate >= top then
          step = 0
          forget_ceiling()
        end
        set('tried', now)
        again = given_until + 0.3e6
      elseif step > 0 then
        step = 0
        begin_curve(math.min(top, rate + seen), rate, SHORT)
      end
    end
    set('before', is_used and seen or 0)
    set('left', 1e9)
    set('used', 0)
    set('look', again)
  end
end

local paused = state.pause or 0
-- Those that come of permits from before the last cut are part of it.
if refused and now >= (state.deaf or 0) then
  local is_soon = ceiling > 0 and (state.since or 0) < 20 + rate
  if now - (state.tried or -TRIED) < TRIED and (state.from or 0) > 0 then
    step_failed(state.from)
  else
    local level = is_soon and (state.level or 0) + 1 or 0
    set('level', level)
    -- A token bucket refuses only when it is empty; by then the rate is far beyond what it takes, so a small cut is refused again at once. Each time
    -- that happens to a ceiling that had been reached, the next cut is deeper (`depth`).
    local depth = state.depth or 0.05
    if level == 0 then
      depth = math.max(0.05, 0.95 * depth)
      set('reached', ceiling > 0 and along > 0.8 and 1 or 0)
    elseif level == 1 and state.reached == 1 then
      depth = math.min(0.25, 2 * depth)
    end
    set('depth', depth)
    -- A ceiling that does not hold is far too high: the more often, the deeper the cut.
    local cut = level > 1 and 0.65 or is_soon and 0.8 or ceiling > 0 and along < 0.5 and 0.88 or 1
    -- The ceiling lies a little below the rate that was refused; further below when not even the last ceiling was reached, and where few
    -- requests are free, so that each refusal weighs more.
    local below = 1 - 0.6 * depth
    if ceiling > 0 and along < 0.9 then below = rate < 3 and 0.92 or level == 0 and 0.95 or below end
    begin_curve(rate * below, rate * math.min(cut, 1 - depth), is_soon and state.reached ~= 1 and SHORT or LONG)
  end
  set('deaf', math.max(now + 0.5e6, given_until + 0.2e6))
  set('look', given_until + 1.2e6)
  set('left', 1e9)
  set('used', 0)
  set('before', 0)
  paused = math.max(paused, now + (is_soon and 1e6 or 0.25e6))
end
if pause_for then paused = math.max(paused, now + math.min(pause_for, MOST_WAIT)) end
if back then
  step = 0
  begin_curve(rate, rate * 0.2, SHORT)
end
set('step', step)
set('along', along)
set('rate', rate)
set('pause', paused)

local is_others = #KEYS > 1 and redis.call('HGET', KEYS[2], ARGV[9]) ~= ARGV[10]
if is_others then wanted = 0 end
local interval = math.ceil(1e6 / rate)
local first = math.max(state.next or 0, now, paused)
if first - now > AHEAD then wanted = 0 end
if wanted > 0 then set('next', first + wanted * interval) end
set('last', wanted)
set('since', (state.since or 0) + wanted)
redis.call('HSET', KEYS[1], unpack(changed))
-- Nothing of it is worth keeping once nobody sends any more.
redis.call('PEXPIRE', KEYS[1], 3600000)
return { wanted, first - now, interval, tostring(limit), tostring(rate), is_others and 1 or 0, tostring(lowest) }
