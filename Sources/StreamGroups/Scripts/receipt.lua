-- Adds a receipt of what became of an entry to the stream of receipts, in the step that acknowledges the entry. An acknowledgement never fails
-- for the want of a receipt.
-- Answer: 1 when it could not be written
local function unwritten_receipt(stream, length, receipt)
  local id = redis.pcall('XADD', stream, 'MAXLEN', '~', length, '*', 'receipt', receipt)
  if type(id) == 'table' and id.err then return 1 end
  return 0
end
