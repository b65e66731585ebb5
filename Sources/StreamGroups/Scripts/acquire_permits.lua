-- Gives out permits to start requests: the one limiter of all replicas that use an API key. A generic cell rate algorithm: each permit is good
-- from its own instant on, one interval after the one before it, so that no second holds more than the limit.
--
-- The rate is what the limit leaves, and what Loops takes. Nobody tells what other clients with the key use, nor, perhaps, the limit itself. So a
-- refusal teaches a ceiling: the rate is cut to a little below it, comes back to it along a cubic curve that is flat where the ceiling was, and
-- goes beyond it ever faster when nothing is refused any more. The curve is measured in permits, so that finding out costs less than one refused
-- request in a hundred. Where Loops tells how much of its window is left, and that is a lot for a while, the rate goes up in steps; each step is
-- taken back when less is left than it explains. As long as what Loops tells is true, nothing else needs to be tried: the rate then rests just below
-- the ceiling. Where what is left shows that the window is a token bucket, the rate follows its tokens instead: see token_bucket.lua. The figures come from a simulation: see docs/explanation/rate-limiting.md and `BudgetSimulationTests`.
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
local AGAIN = 10e6            -- the next step after one that failed, where there may be room since; else ever later
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

local window = state.limit or FIRST_LIMIT
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

local bucket = token_bucket(state, set, now, window, top, bounded)
if is_wrong then bucket.forget() end
local function in_bucket() return is_believed and bucket.is_found() end

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
  set('failed', now)
  set('no_step', now + wait * 1e6)
  set('tried', -TRIED)
end

local function found_bucket(base, tokens, is_proven)
  bucket.found(base, tokens, is_proven)
  step = 0
  forget_ceiling()
end
-- Whether a step that failed, or was refused, shows a bucket: much was left, all the time, and then it was used up.
local function step_used_tokens()
  return is_believed and state.smooth == 1 and (state.before_step or 0) >= 0.4 * window and bucket.may_be_found()
end

local used = state.last or 0
if in_bucket() then
  local pace = bucket.pace(left, seconds, (state.next or 0) > now - 0.1e6)
  if pace then
    rate = pace
  else
    begin_curve(math.min(top, rate + state.tokens), rate, SHORT)
    if rate >= top then forget_ceiling() end
  end
elseif ceiling == 0 then
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
  if left then
    set('left', math.min(state.left or 1e9, left))
    set('most', math.max(state.most or 0, left))
  end
  set('used', (state.used or 0) + used)
  local length = (now - look_from) / 1e6
  if length > math.max(1.1, 2.5 / rate) then
    local seen = state.left or 1e9
    -- A rate that is not used shows nothing.
    local is_used = seen < 1e9 and state.used >= 0.7 * rate * length - 1
    local again = now
    -- Between two requests of ours, others may use up so much unseen.
    local unseen = 1 + (limit - rate) / rate
    local is_smooth = is_used and state.most - seen <= math.max(2, 0.3 * window)
    -- More is left than the requests of the last second allow in any other window: it fills up all the time.
    local refills = is_used and is_believed and seen >= window - state.used / length + math.max(2, 0.05 * window)
    -- Some of it is left just below a rate that was refused, and it hardly varies: what was saved stays there.
    local is_kept = is_smooth and is_believed and ceiling > 0 and step == 0 and rate > 0.85 * ceiling and seen >= 0.2 * window
      and seen < math.min(0.4 * window, unseen)
    if bucket.may_be_found() and (refills and state.refills == 1 or is_kept and state.kept == 1) then
      found_bucket(rate, seen, refills)
    end
    set('refills', refills and 1 or 0)
    set('kept', is_kept and 1 or 0)
    if ceiling > 0 and is_used and not in_bucket() then
      local noise = 0.02 * limit
      local needed = unseen + noise
      -- What hardly varies is not used up unseen: a smaller step is made then, and looked at for longer.
      local is_small = step > 0 and state.small == 1 or step == 0 and seen < needed
      if is_smooth then needed = math.min(needed, 0.4 * window) end
      -- More is left than when the last step failed, or much is left all the time: there may be room since.
      local is_news = is_smooth and seen >= 0.3 * window or rate >= 0.9 * (state.from or 0) and seen >= (state.before_step or 0) + 1.5
      local is_time = now >= (state.no_step or 0) or is_news and now >= (state.failed or 0) + AGAIN
      if step > 0 and seen < (state.before_step or 0) - (rate - step) - (is_small and 1 or 1.5) - noise then
        -- The windows fill up faster than by what is sent: others fill them, or what was left were a bucket's tokens.
        local from = step
        step_failed(from)
        if step_used_tokens() then
          rate = from
          found_bucket(from, seen)
        end
      elseif is_believed and seen >= needed and (step > 0 or (state.before or 0) >= needed) and is_time then
        if step == 0 then
          step = rate
          set('before_step', seen)
          set('from', rate)
          set('was', ceiling)
        end
        set('small', is_small and 1 or 0)
        set('smooth', is_smooth and 1 or 0)
        local by = math.min(math.max(0.5 * rate + 0.5, 0.3 * seen), is_small and seen - 2 or seen - 1)
        rate = bounded(rate + by)
        if rate >= top then
          step = 0
          forget_ceiling()
        end
        set('tried', now)
        again = given_until + 0.3e6 + (is_small and 2e6 / by or 0)
      elseif step > 0 then
        step = 0
        begin_curve(math.min(top, rate + seen), rate, SHORT)
      end
    end
    set('before', is_used and seen or 0)
    set('left', 1e9)
    set('most', 0)
    set('used', 0)
    set('look', again)
  end
end

local paused = state.pause or 0
-- Those that come of permits from before the last cut are part of it.
if refused and now >= (state.deaf or 0) then
  local is_soon = ceiling > 0 and (state.since or 0) < 20 + rate
  if in_bucket() then
    is_soon = false
    rate = bucket.refused(rate)
  elseif now - (state.tried or -TRIED) < TRIED and (state.from or 0) > 0 then
    local is_fresh = now - state.tried < 5e6
    step_failed(state.from)
    if is_fresh and step_used_tokens() then
      rate = bounded(0.9 * state.from)
      found_bucket(rate, 0)
    end
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
    -- Between two refusals of a token bucket, which is empty at both, as much was sent as it takes. Where the rate had gone far beyond that, the
    -- curve begins below it, so that some tokens come back. One that has hidden it before is taken at its word.
    local mean = (state.since or 0) / math.max(1, (now - (state.cut_at or 0)) / 1e6) / rate
    if level == 0 and ceiling > 0 and (state.since or 0) > 15 and mean < below then
      if depth > 0.06 then below = math.max(0.85, mean) end
      if depth > 0.06 or mean < 0.95 and along < 0.9 or mean < 0.9 then
        depth = math.max(depth, math.min(0.3, 1 - 0.92 * mean))
      end
    end
    set('cut_at', now)
    begin_curve(rate * below, rate * math.min(cut, 1 - depth), is_soon and state.reached ~= 1 and SHORT or LONG)
  end
  set('deaf', math.max(now + 0.5e6, given_until + 0.2e6))
  set('look', given_until + 1.2e6)
  set('left', 1e9)
  set('most', 0)
  set('used', 0)
  set('before', 0)
  set('refills', 0)
  paused = math.max(paused, now + (is_soon and 1e6 or 0.25e6))
end
if pause_for then paused = math.max(paused, now + math.min(pause_for, MOST_WAIT)) end
if back then
  step = 0
  bucket.forget()
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
