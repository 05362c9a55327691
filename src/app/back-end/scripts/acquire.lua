-- Takes a partition over for a consumer-group member, unless a later one has it.
-- KEYS meta · ARGV deployment generation owner topicId
-- Answers OK incarnation next | NOSTATE | TOPIC storedTopicId | FENCED deployment generation owner
local meta = redis.call('HMGET', KEYS[1], 'incarnation', 'topicId', 'deployment', 'generation', 'owner', 'next')
if not meta[1] then return { 'NOSTATE' } end
if meta[2] ~= ARGV[4] then return { 'TOPIC', meta[2] } end
local deployment, generation = tonumber(ARGV[1]), tonumber(ARGV[2])
local heldDeployment, heldGeneration = tonumber(meta[3]), tonumber(meta[4])
local later = deployment > heldDeployment or (deployment == heldDeployment and generation > heldGeneration)
local same = deployment == heldDeployment and generation == heldGeneration and meta[5] == ARGV[3]
if not later and not same then return { 'FENCED', meta[3], meta[4], meta[5] } end
redis.call('HSET', KEYS[1], 'deployment', ARGV[1], 'generation', ARGV[2], 'owner', ARGV[3])
return { 'OK', meta[1], meta[6] }
