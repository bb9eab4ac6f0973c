"""An FTP server that breaks off the first transfer of big.bin in the middle. Arguments: port, folder. Prints each transfer and its start."""

import sys

from pyftpdlib import handlers
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers.ftp import producers
from pyftpdlib.servers import FTPServer

port, folder = sys.argv[1:]
cuts = ["big.bin"]
more = producers.FileProducer.more


def more_or_cut(self):
    name = self.file.name.rsplit("/", 1)[-1]
    if name in cuts and self.file.tell() > 200_000:
        cuts.remove(name)
        raise OSError("cut")
    return more(self)


class Handler(handlers.FTPHandler):
    use_sendfile = False

    def ftp_RETR(self, file):
        print(file.rsplit("/", 1)[-1], self._restart_position, flush=True)
        return super().ftp_RETR(file)


producers.FileProducer.more = more_or_cut
authorizer = DummyAuthorizer()
authorizer.add_anonymous(folder)
Handler.authorizer = authorizer
FTPServer(("127.0.0.1", int(port)), Handler).serve_forever()
