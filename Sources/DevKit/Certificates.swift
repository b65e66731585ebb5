/// Certificates for a test, by openssl(1).
public enum Certificates {
    /// They could not be made.
    public struct Fault: Error, CustomStringConvertible {
        let folder: String

        public var description: String {
            "openssl made no certificates in \(folder). Is openssl installed, and may the folder be written to?"
        }
    }

    /// Makes an authority, certificates of it for a server (`127.0.0.1` and `localhost`) and a client (`client`), and an authority that nobody knows:
    /// `ca.pem`, `server.pem`, `client.pem`, `other.pem`, each with its `.key`.
    public static func make(in folder: String) async throws {
        let script = """
            set -e; cd "$1"
            key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
            openssl req -x509 $key -keyout ca.key -out ca.pem -days 2 -subj /CN=authority
            openssl req -x509 $key -keyout other.key -out other.pem -days 2 -subj /CN=other
            printf 'subjectAltName=IP:127.0.0.1,DNS:localhost' >server.san
            printf 'subjectAltName=DNS:client' >client.san
            for name in server client; do
              openssl req $key -keyout $name.key -out $name.csr -subj /CN=$name
              openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out $name.pem -days 2 -extfile $name.san
            done
            echo certificates made
            """
        let isMade = try await ChildProcess.run("sh", arguments: ["-c", script, "sh", folder]) { child in
            await child.line { $0 == "certificates made" } != nil
        }
        guard isMade else { throw Fault(folder: folder) }
    }
}
