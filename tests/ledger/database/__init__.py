"""A record in either database: what a server adds to what every record promises."""
