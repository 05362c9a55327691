-- Adds one folded batch to a partition's totals and moves `next`, all or nothing: every check precedes every write.
-- KEYS meta seq totals dirty
-- ARGV deployment generation owner incarnation first next undecodable duplicates,
--      SKUs as `sku seqBefore seqLast;…`, rows as `key add add…;…` with the integers to add
-- Answers OK | NOSTATE | FENCED | DUPLICATE next | OVERLAP next | GAP next | SEQ sku stored
local meta = redis.call('HMGET', KEYS[1], 'incarnation', 'deployment', 'generation', 'owner', 'next')
if not meta[1] or meta[1] ~= ARGV[4] then return { 'NOSTATE' } end
if meta[2] ~= ARGV[1] or meta[3] ~= ARGV[2] or meta[4] ~= ARGV[3] then return { 'FENCED' } end
local first, after, stored = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(meta[5])
if after <= stored then return { 'DUPLICATE', meta[5] } end
if first < stored then return { 'OVERLAP', meta[5] } end
if first > stored then return { 'GAP', meta[5] } end

local CHUNK = 2000 -- below the number of values that Lua can pass to one call

local skus, befores, seqs = {}, {}, {}
for sku, before, last in string.gmatch(ARGV[9], '([^ ]+) ([^ ]+) ([^;]+);') do
  skus[#skus + 1] = sku
  befores[#befores + 1] = before
  seqs[#seqs + 1] = sku
  seqs[#seqs + 1] = last
end
for from = 1, #skus, CHUNK do
  local to = math.min(from + CHUNK - 1, #skus)
  local counted = redis.call('HMGET', KEYS[2], unpack(skus, from, to))
  for i = from, to do
    local before = counted[i - from + 1] or '-1'
    if before ~= befores[i] then return { 'SEQ', skus[i], before } end
  end
end

local match, format = string.match, string.format

-- Takes the integers one by one: a row that another version wrote may have more or fewer of them.
local function sumEach(row, adds)
  local sums = {}
  for number in string.gmatch(row, '%S+') do sums[#sums + 1] = number end
  local column = 0
  for add in string.gmatch(adds, '%S+') do
    column = column + 1
    sums[column] = format('%.0f', tonumber(sums[column] or 0) + tonumber(add))
  end
  return table.concat(sums, ' ')
end

-- Up to six integers are taken at once, which halves the time that a row takes.
local _, width = string.gsub(match(ARGV[10], '[^;]*'), ' ', '')
local integers = '^' .. string.rep('(%S+) ', width - 1) .. '(%S+)$'
local sums = string.rep('%.0f ', width - 1) .. '%.0f'

local function sum(row, adds)
  if width > 6 then return sumEach(row, adds) end
  local a, b, c, d, e, f = match(row, integers)
  if not a then return sumEach(row, adds) end
  local u, v, w, x, y, z = match(adds, integers)
  return format(sums, a + u, (b or 0) + (v or 0), (c or 0) + (w or 0), (d or 0) + (x or 0),
    (e or 0) + (y or 0), (f or 0) + (z or 0))
end

local keys, adds = {}, {}
for key, add in string.gmatch(ARGV[10], '([^ ]+) ([^;]+);') do
  keys[#keys + 1] = key
  adds[#adds + 1] = add
end
for from = 1, #keys, CHUNK do
  local to = math.min(from + CHUNK - 1, #keys)
  local rows = redis.call('HMGET', KEYS[3], unpack(keys, from, to))
  local totals, dirty = {}, {}
  for i = from, to do
    local row = rows[i - from + 1]
    totals[#totals + 1] = keys[i]
    totals[#totals + 1] = row and sum(row, adds[i]) or adds[i]
    dirty[#dirty + 1] = keys[i]
    dirty[#dirty + 1] = ARGV[6]
  end
  redis.call('HSET', KEYS[3], unpack(totals))
  redis.call('HSET', KEYS[4], unpack(dirty))
end

for from = 1, #seqs, 2 * CHUNK do
  redis.call('HSET', KEYS[2], unpack(seqs, from, math.min(from + 2 * CHUNK - 1, #seqs)))
end

if ARGV[7] ~= '0' then redis.call('HINCRBY', KEYS[1], 'undecodable', ARGV[7]) end
if ARGV[8] ~= '0' then redis.call('HINCRBY', KEYS[1], 'duplicates', ARGV[8]) end
redis.call('HSET', KEYS[1], 'next', ARGV[6])
return { 'OK' }
