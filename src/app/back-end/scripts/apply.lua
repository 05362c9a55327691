-- Adds one folded batch to a partition's totals and moves `next`, all or nothing: every check precedes every write.
-- KEYS meta seq totals dirty
-- ARGV deployment generation owner incarnation first next undecodable duplicates skuCount rowCount columns,
--      then per SKU: sku seqBefore seqLast, then per row: key and `columns` integers to add
-- Answers OK | NOSTATE | FENCED | DUPLICATE next | OVERLAP next | GAP next | SEQ sku stored
local meta = redis.call('HMGET', KEYS[1], 'incarnation', 'deployment', 'generation', 'owner', 'next')
if not meta[1] or meta[1] ~= ARGV[4] then return { 'NOSTATE' } end
if meta[2] ~= ARGV[1] or meta[3] ~= ARGV[2] or meta[4] ~= ARGV[3] then return { 'FENCED' } end
local first, after, stored = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(meta[5])
if after <= stored then return { 'DUPLICATE', meta[5] } end
if first < stored then return { 'OVERLAP', meta[5] } end
if first > stored then return { 'GAP', meta[5] } end

local CHUNK = 2000 -- below the number of values that Lua can pass to one call
local skuCount, rowCount, columns = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
local skusAt, rowsAt = 12, 12 + 3 * tonumber(ARGV[9])

for from = 1, skuCount, CHUNK do
  local skus = {}
  for i = from, math.min(from + CHUNK - 1, skuCount) do skus[#skus + 1] = ARGV[skusAt + 3 * (i - 1)] end
  local counted = redis.call('HMGET', KEYS[2], unpack(skus))
  for i = 1, #skus do
    local before = ARGV[skusAt + 3 * (from + i - 2) + 1]
    if (counted[i] or '-1') ~= before then return { 'SEQ', skus[i], counted[i] or '-1' } end
  end
end

local function add(row, at)
  local sums, filled = {}, 0
  for number in string.gmatch(row or '', '%S+') do
    filled = filled + 1
    sums[filled] = number
  end
  for column = 1, columns do
    sums[column] = string.format('%.0f', tonumber(sums[column] or 0) + tonumber(ARGV[at + column]))
  end
  return table.concat(sums, ' ')
end

for from = 1, rowCount, CHUNK do
  local keys = {}
  local to = math.min(from + CHUNK - 1, rowCount)
  for i = from, to do keys[#keys + 1] = ARGV[rowsAt + (columns + 1) * (i - 1)] end
  local rows = redis.call('HMGET', KEYS[3], unpack(keys))
  local totals, dirty = {}, {}
  for i = 1, #keys do
    totals[2 * i - 1] = keys[i]
    totals[2 * i] = add(rows[i], rowsAt + (columns + 1) * (from + i - 2))
    dirty[2 * i - 1] = keys[i]
    dirty[2 * i] = ARGV[6]
  end
  redis.call('HSET', KEYS[3], unpack(totals))
  redis.call('HSET', KEYS[4], unpack(dirty))
end

for from = 1, skuCount, CHUNK do
  local seqs = {}
  for i = from, math.min(from + CHUNK - 1, skuCount) do
    seqs[#seqs + 1] = ARGV[skusAt + 3 * (i - 1)]
    seqs[#seqs + 1] = ARGV[skusAt + 3 * (i - 1) + 2]
  end
  redis.call('HSET', KEYS[2], unpack(seqs))
end

if ARGV[7] ~= '0' then redis.call('HINCRBY', KEYS[1], 'undecodable', ARGV[7]) end
if ARGV[8] ~= '0' then redis.call('HINCRBY', KEYS[1], 'duplicates', ARGV[8]) end
redis.call('HSET', KEYS[1], 'next', ARGV[6])
return { 'OK' }
