/// Certificates for a test, by openssl(1).
package enum Certificates {
    /// They could not be made.
    package struct Fault: Error, CustomStringConvertible {
        let folder: String

        package var description: String {
            "openssl made no certificates in \(folder). Is openssl installed, and may the folder be written to?"
        }
    }

    /// Makes an authority, certificates of it for a server (`127.0.0.1`, `localhost`, `loops.test`) and a client (`client`), and an authority that nobody knows:
    /// `ca.pem`, `server.pem`, `client.pem`, `other.pem`, each with its `.key`. `expired.pem` and `future.pem` are the server's as well, of a day
    /// in 2020 and of years after 2100.
    package static func make(in folder: String) async throws {
        let script = #"""
            set -e; cd "$1"
            key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
            openssl req -x509 $key -keyout ca.key -out ca.pem -days 2 -subj /CN=authority
            openssl req -x509 $key -keyout other.key -out other.pem -days 2 -subj /CN=other
            printf 'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:loops.test' >server.san
            printf 'subjectAltName=DNS:client' >client.san
            for name in server client; do
              openssl req $key -keyout $name.key -out $name.csr -subj /CN=$name
              openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out $name.pem -days 2 -extfile $name.san
            done
            printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nunique_subject=no\n' >ca.cnf
            printf '[p]\ncommonName=supplied\n' >>ca.cnf
            : >index; echo 1000 >serial
            day() {
              openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in server.csr -extfile server.san -out $1.pem -startdate $2 -enddate $3
              cp server.key $1.key
            }
            day expired 20200101000000Z 20200102000000Z
            day future 21000101000000Z 21100101000000Z
            echo certificates made
            """#
        let isMade = try await ChildProcess.run("sh", arguments: ["-c", script, "sh", folder]) { child in
            await child.line { $0 == "certificates made" } != nil
        }
        guard isMade else { throw Fault(folder: folder) }
    }
}
