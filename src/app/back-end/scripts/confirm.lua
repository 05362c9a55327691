-- Marks rows as published unless they changed again since.
-- KEYS meta dirty · ARGV incarnation, then (key version)…
-- Answers OK | NOSTATE
if redis.call('HGET', KEYS[1], 'incarnation') ~= ARGV[1] then return { 'NOSTATE' } end
for i = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[i + 1] then redis.call('HDEL', KEYS[2], ARGV[i]) end
end
return { 'OK' }
