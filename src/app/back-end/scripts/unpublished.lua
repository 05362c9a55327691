-- Lists rows whose summary is not confirmed as published, only for the partition's present owner.
-- KEYS meta totals dirty · ARGV deployment generation owner incarnation cursor count
-- Answers OK cursor (key version row)… | NOSTATE | FENCED
local meta = redis.call('HMGET', KEYS[1], 'incarnation', 'deployment', 'generation', 'owner')
if not meta[1] or meta[1] ~= ARGV[4] then return { 'NOSTATE' } end
if meta[2] ~= ARGV[1] or meta[3] ~= ARGV[2] or meta[4] ~= ARGV[3] then return { 'FENCED' } end
local page = redis.call('HSCAN', KEYS[3], ARGV[5], 'COUNT', ARGV[6])
local answer, dirty = { 'OK', page[1] }, page[2]
for i = 1, #dirty, 2 do
  answer[#answer + 1] = dirty[i]
  answer[#answer + 1] = dirty[i + 1]
  answer[#answer + 1] = redis.call('HGET', KEYS[2], dirty[i])
end
return answer
