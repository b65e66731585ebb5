-- Begins the scripts that act for one incarnation of the group: one history of its data, on one server. An incarnation is "COUNTER ID", the ID
-- being the server's replication ID, which changes with every restart and every promotion. The run ID does not: a server that was demoted and
-- promoted again in one process keeps it.
local function replication_id() return string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)') or '' end

-- The error for a caller that acts for another incarnation; nil when it is the one in force. What is stored is compared, and the server itself:
-- what replication copied names the history before a failover until the first heartbeat on the new server.
local function incarnation_error(state, expected)
  if redis.call('HGET', state, 'incarnation') == expected and string.match(expected, '^%d+ (%w+)$') == replication_id() then return nil end
  return redis.error_reply('INCARNATION the state is of another history than the caller knows')
end

-- Begins the next incarnation on the same server. Leases are as they were, so partitions may be acquired at once where they could be before.
local function begin_incarnation(state)
  local before, stable = unpack(redis.call('HMGET', state, 'incarnation', 'stable-incarnation'))
  local counter = redis.call('HINCRBY', state, 'incarnations', 1)
  local after = string.format('%.0f', counter) .. ' ' .. replication_id()
  redis.call('HSET', state, 'incarnation', after)
  if before and before == stable then redis.call('HSET', state, 'stable-incarnation', after) end
  return after
end

-- Marks leases and members as being there: what Redis lost, or a person deleted, is unknown and proves nothing about owners.
local MARKER = '-'
