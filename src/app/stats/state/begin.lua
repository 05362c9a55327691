-- Makes the state ready to be written from a topic, and answers its incarnation, then
-- each partition it knows and the offset to read next there.
-- KEYS: rows, changed, revision, next, meta.
-- ARGV: topic id, a fresh incarnation, and how: 'resume'; 'rewind' to read the topic from its start;
-- 'anew' where the state was found to have gone back, so that nobody shows it before it is level again.
-- State that is absent, damaged or of another topic starts anew; `revision` never goes back.
local rows, changed, revision, nexts, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local known = redis.call('HMGET', meta, 'incarnation', 'topicId', 'rows')
local count = redis.call('HLEN', rows)
local damaged = count ~= redis.call('ZCARD', changed) or count ~= tonumber(known[3] or '0')
  or redis.call('EXISTS', revision) == 0

if damaged or not known[1] or known[2] ~= ARGV[1] then
  redis.call('DEL', rows, changed, nexts, meta)
  redis.call('HSET', meta, 'incarnation', ARGV[2], 'topicId', ARGV[1], 'rows', '0')
  redis.call('INCR', revision)
elseif ARGV[3] == 'rewind' then
  redis.call('DEL', nexts)
elseif ARGV[3] == 'anew' then
  redis.call('HSET', meta, 'incarnation', ARGV[2])
  redis.call('HDEL', meta, 'complete')
end

local answer = redis.call('HGETALL', nexts)
table.insert(answer, 1, redis.call('HGET', meta, 'incarnation'))
return answer
