-- Sends the requests of a file in turn: wrk -s wrk.lua URL -- REQUESTS.ndjson, each line as `loops-bridge map` prints it.
local requests, next = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local method, path = line:match('"method":"(%u+)"'), line:match('"path":"([^"]+)"')
    local body = line:match('"body":(%b{})')
    local headers = {
      ['Authorization'] = 'Bearer test', ['Content-Type'] = 'application/json', ['Accept'] = 'application/json', ['User-Agent'] = 'wrk',
    }
    if method == 'POST' then headers['Idempotency-Key'] = '0123456789abcdef0123456789abcdef' end
    requests[#requests + 1] = wrk.format(method, '/api/v1' .. path, headers, body)
  end
end

function request()
  next = next % #requests + 1
  return requests[next]
end
