-- Applies one batch of summary rows; all checks come before the first write.
-- KEYS: rows, changed, revision, next, meta.
-- ARGV: incarnation, time in ms, 'complete' or '', and the batch as JSON: a list of
-- { partition, from, to, rows }, each row { offset, version, row key, JSON of the row }.
-- Answers OK and the revision; LOST where the state is not the one of that incarnation, GAP where the
-- batch starts after the offset that is wanted.
-- `from` and `to` (texts) are what the batch covers: its first offset, and the one to read next.
-- `complete`: with this batch the state holds all that was in the topic when the state started anew.
local rows, changed, revision, nexts, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]

local known = redis.call('HMGET', meta, 'incarnation', 'rows')
local row_count = redis.call('HLEN', rows)
local damaged = row_count ~= redis.call('ZCARD', changed) or row_count ~= tonumber(known[2] or '-1')
  or redis.call('EXISTS', revision) == 0
if known[1] ~= ARGV[1] or damaged then return { 'LOST' } end

local batch = cjson.decode(ARGV[4])
for _, part in ipairs(batch) do
  part.stored = tonumber(redis.call('HGET', nexts, part.partition) or '0')
  if tonumber(part.from) > part.stored then return { 'GAP' } end
end

local accepted, new_revision = 0, nil
local function accept(key, json)
  if not new_revision then new_revision = redis.call('INCR', revision) end
  row_count = row_count + redis.call('HSET', rows, key, json)
  redis.call('ZADD', changed, new_revision, key)
  accepted = accepted + 1
end

for _, part in ipairs(batch) do
  for _, row in ipairs(part.rows) do
    local offset, version, key, json = row[1], row[2], row[3], row[4]
    if offset >= part.stored then
      local old = redis.call('HGET', rows, key)
      local old_version = old and tonumber(string.match(old, '"version":(%d+)')) or -1
      if version >= old_version and json ~= old then accept(key, json) end
    end
  end
  if tonumber(part.to) > part.stored then redis.call('HSET', nexts, part.partition, part.to) end
end

if accepted > 0 then
  redis.call('HSET', meta, 'rows', string.format('%.0f', row_count), 'updatedMs', ARGV[2])
end
if ARGV[3] == 'complete' then redis.call('HSET', meta, 'complete', '1') end
return { 'OK', redis.call('GET', revision) }
