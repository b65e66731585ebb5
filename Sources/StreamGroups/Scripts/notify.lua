-- Begins the scripts that wake other replicas. A replica sleeps in XREAD BLOCK on the stream and on its own bell, a stream of one entry. Bells
-- carry the hash tag of the state's key, so they live in its slot, and vanish by themselves an hour after the last ring.
local function notify(state, member, why)
  local bell = state .. ':wakeup:' .. member
  redis.call('XADD', bell, 'MAXLEN', '1', '*', 'why', why)
  redis.call('PEXPIRE', bell, 3600000)
end

-- Notes a partition that a member has to pull, or -1 for all of its own from their beginning. Marks vanish like bells.
local function mark(state, member, partition)
  local dirty = state .. ':unfetched:' .. member
  redis.call('SADD', dirty, partition)
  redis.call('PEXPIRE', dirty, 3600000)
end

local function ring_others(state, members, me, why)
  for _, member in ipairs(redis.call('HKEYS', members)) do
    -- The marker is no member.
    if member ~= me and member ~= '-' then notify(state, member, why) end
  end
end

