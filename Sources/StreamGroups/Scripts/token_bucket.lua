-- Begins acquire_permits.lua: the pace when Loops' window is a token bucket and what is left of it is told. What is left are its tokens: they become
-- fewer as long as more is sent than comes back. So nothing has to be refused: the rate follows the tokens (a proportional and an integral part),
-- and a share of them stays in the bucket as the reserve from which the next change of a neighbour is paid.
local RESERVE = 0.4           -- of the limit: so many tokens are kept
local LEAST_RESERVE = 0.2     -- of the limit: so many at least until it is certain that it is a bucket
local MORE = 0.2              -- of the limit: so many more are kept for a while to find that out
local SETTLED, RAISED, JUDGED = 5e6, 6e6, 18e6 -- how a trial goes: the reserve rises after this, within this; the verdict comes then
local TRIED_AGAIN = 25e6      -- after a trial that held
local MOST_DOUBT = 600        -- seconds until it may be taken for a bucket again, at the most

-- - Parameters: `window`: the limit that Loops told; `top`: the highest rate that is allowed; `bounded`: keeps a rate within what is allowed.
local function token_bucket(state, set, now, window, top, bounded)
  local bucket = {}
  local kept = RESERVE * window

  function bucket.is_found() return state.bucket == 1 end
  function bucket.may_be_found() return now >= (state.no_bucket or 0) end

  -- - Parameters: `base`: the rate that it is thought to take; `is_proven`: no other window can have left so much.
  function bucket.found(base, tokens, is_proven)
    if not bucket.is_found() then
      set('base', base)
      set('tokens', tokens)
      set('tokens_at', now)
      -- Until it is certain, no more is kept than there is: in another window that would be a loss.
      set('reserve', math.min(RESERVE, math.max(LEAST_RESERVE, tokens / window)))
      set('trial', now)
    end
    if is_proven then
      set('reserve', RESERVE)
      set('trial', 0)
    end
    set('bucket', 1)
  end

  function bucket.forget() set('bucket', 0) end

  local function is_none()
    set('bucket', 0)
    set('doubt', math.min(MOST_DOUBT, 3 * (state.doubt or 10)))
    set('no_bucket', now + state.doubt * 1e6)
  end

  -- A trial: in a bucket more tokens can be kept at the same rate; in any other window more is left only as long as less is sent.
  local function more_in_trial()
    if (state.trial or 0) == 0 or now < state.trial then return 0 end
    local age = now - state.trial
    if age < SETTLED then set('trial_base', state.base) end
    local more = MORE * window * math.max(0, math.min(1, (age - SETTLED) / RAISED))
    if age > JUDGED then
      local change = state.base - (state.trial_base or state.base)
      local is_short = state.tokens < state.reserve * window + 0.4 * more
      if change < -0.25 * more or is_short then
        is_none()
      elseif change > 0.35 * more and state.base < top then
        -- Somebody else has begun to send less: that says nothing.
        set('trial', now)
      else
        set('trial', now + TRIED_AGAIN)
        set('reserve', RESERVE)
      end
    end
    return more
  end

  -- - Parameters: `left`: what was told since the last call, if anything; `seconds`: since then; `is_used`: whether all permits are taken.
  -- - Returns: the rate; nil when it turned out to be no bucket.
  function bucket.pace(left, seconds, is_used)
    if left then
      -- A bucket fills up at the limit's pace; a window that begins anew is full at once.
      local filled = window * ((now - state.tokens_at) / 1e6 + 0.15)
      if left - state.tokens > filled + 0.2 * window then is_none() end
      set('tokens', left)
      set('tokens_at', now)
    end
    local reserve = state.reserve * window + (bucket.is_found() and more_in_trial() or 0)
    if not bucket.is_found() then return nil end
    local excess = state.tokens - reserve
    local base = state.base
    local pace = base / kept
    -- What is old shows nothing, and neither does a rate that is not used.
    local is_fresh = now - state.tokens_at < (0.5 + 2.5 / base) * 1e6
    if is_fresh and (is_used or excess < 0) then
      local time = math.min(seconds, 0.5)
      base = base + time * 0.09 * pace * pace * excess
      -- Nearly full, it shows only that far more is free.
      if excess > 0.25 * window then base = base + time * 0.2 * excess end
      base = bounded(base)
      set('base', base)
    end
    return bounded(base * math.max(0.5, 1 + 0.6 * excess / kept))
  end

  -- - Returns: the rate after a refusal.
  function bucket.refused(rate)
    set('base', bounded(0.8 * math.min(state.base, rate)))
    set('tokens', 0)
    set('tokens_at', now)
    return state.base
  end

  return bucket
end

