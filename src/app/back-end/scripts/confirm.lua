-- Marks rows as published unless they changed again since.
-- KEYS meta dirty · ARGV incarnation, rows as they were listed: `key version integer integer…;…`
-- Answers OK | NOSTATE
if redis.call('HGET', KEYS[1], 'incarnation') ~= ARGV[1] then return { 'NOSTATE' } end
local CHUNK = 2000 -- below the number of values that Lua can pass to one call
local keys, versions = {}, {}
for key, version in string.gmatch(ARGV[2], '([^ ]+) ([^ ]+) [^;]*;') do
  keys[#keys + 1] = key
  versions[#versions + 1] = version
end
for from = 1, #keys, CHUNK do
  local to = math.min(from + CHUNK - 1, #keys)
  local stored, done = redis.call('HMGET', KEYS[2], unpack(keys, from, to)), {}
  for i = from, to do
    if stored[i - from + 1] == versions[i] then done[#done + 1] = keys[i] end
  end
  if #done > 0 then redis.call('HDEL', KEYS[2], unpack(done)) end
end
return { 'OK' }
