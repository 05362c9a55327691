-- Creates the state of a partition that has none; what a partial loss left of it goes first.
-- KEYS meta seq totals dirty · ARGV deployment generation owner topicId incarnation next
-- Answers OK | EXISTS
if redis.call('EXISTS', KEYS[1]) == 1 then return { 'EXISTS' } end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
redis.call('HSET', KEYS[1], 'incarnation', ARGV[5], 'topicId', ARGV[4], 'deployment', ARGV[1],
  'generation', ARGV[2], 'owner', ARGV[3], 'next', ARGV[6], 'undecodable', 0, 'duplicates', 0)
return { 'OK' }
