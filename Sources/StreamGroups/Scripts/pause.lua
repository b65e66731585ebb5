-- Pauses a stream for all replicas, or ends its pause, and wakes them. An earlier pause stays as it is.
-- KEYS: state, members   ARGV: what the pause says of itself, or '' to end it; what the one to end has to say, or '' for any;
-- '1' to note that what it was for is accepted
-- Answer: what the pause that holds says, or what the one that was ended said; '' when there was none
-- Takes nothing away. A Redis whose memory is full lets a script go on that has written.
redis.call('HDEL', KEYS[1], '-')
local before = redis.call('HGET', KEYS[1], 'paused') or ''
if ARGV[1] == '' and ARGV[2] ~= '' and before ~= ARGV[2] then return '' end
if ARGV[1] == '' then
  redis.call('HDEL', KEYS[1], 'paused')
  if before ~= '' and ARGV[3] == '1' then redis.call('HSET', KEYS[1], 'accepted', before) end
elseif before == '' then
  redis.call('HSET', KEYS[1], 'paused', ARGV[1])
end
if (before == '') ~= (ARGV[1] == '') then ring_others(KEYS[1], KEYS[2], '', 'leases') end
if before == '' then return ARGV[1] end
return before
