-- Lists rows whose summary is not confirmed as published, only for the partition's present owner.
-- KEYS meta totals dirty · ARGV deployment generation owner incarnation cursor count
-- Answers OK cursor rows, as `key version integer integer…;…` | NOSTATE | FENCED
local meta = redis.call('HMGET', KEYS[1], 'incarnation', 'deployment', 'generation', 'owner')
if not meta[1] or meta[1] ~= ARGV[4] then return { 'NOSTATE' } end
if meta[2] ~= ARGV[1] or meta[3] ~= ARGV[2] or meta[4] ~= ARGV[3] then return { 'FENCED' } end
local CHUNK = 2000 -- below the number of values that Lua can pass to one call
local page = redis.call('HSCAN', KEYS[3], ARGV[5], 'COUNT', ARGV[6])
local keys, versions, rows = {}, {}, {}
for i = 1, #page[2], 2 do
  keys[#keys + 1] = page[2][i]
  versions[#versions + 1] = page[2][i + 1]
end
for from = 1, #keys, CHUNK do
  local to = math.min(from + CHUNK - 1, #keys)
  local totals = redis.call('HMGET', KEYS[2], unpack(keys, from, to))
  for i = from, to do rows[i] = keys[i] .. ' ' .. versions[i] .. ' ' .. totals[i - from + 1] .. ';' end
end
return { 'OK', page[1], table.concat(rows) }
